"""Which condition keys does AWS define as multivalued? Some global ones, and those of services whose type is
a list. For any other key, several values in a request are a set, but a single value is not.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from typing import Final

_WRITTEN: Final = """
    aws:CalledVia aws:PrincipalOrgPaths aws:PrincipalServiceNamesList aws:ResourceOrgPaths
    aws:SourceOrgPaths aws:TagKeys aws:VpceOrgPaths
    sts:TransitiveTagKeys sts:IdentityTokenAudience sts:IdentityTokenScope sts:RequestContextProviders
    account:AccountResourceOrgPaths account:AlternateContactTypes acm:DomainNames airflow:TeamNames
    apigateway:Request/ConditionBasePaths apigateway:Resource/ConditionBasePaths
    autoscaling:CapacityReservationIds autoscaling:CapacityReservationResourceGroupArns
    autoscaling:LoadBalancerNames autoscaling:TargetCapacityTypes autoscaling:TargetGroupARNs
    autoscaling:TrafficSourceIdentifiers autoscaling:VPCZoneIdentifiers aws-marketplace:AgreementType
    aws-marketplace:ProductId backup:CopyTargetOrgPaths backup:CopyTargets backup:FrameworkArns
    bedrock-agentcore:AllowedQueryParameters bedrock-agentcore:AllowedRequestHeaders
    bedrock-agentcore:AllowedResponseHeaders bedrock-agentcore:securityGroups bedrock-agentcore:subnets
    bedrock-mantle:Files cloudformation:ResourceTypes cloudformation:TargetRegion
    cloudshell:SecurityGroupIds cloudshell:SubnetIds cloudshell:VpcIds cloudwatch:AlarmActions
    cloudwatch:requestInsightRuleLogGroups cloudwatch:requestManagedResourceARNs codebuild:cache.modes
    codebuild:secondaryArtifacts.bucketOwnerAccess codebuild:vpcConfig.securityGroupIds
    codebuild:vpcConfig.subnets comprehend:VpcSecurityGroupIds comprehend:VpcSubnets
    connect:MonitorCapabilities connect:SearchContactsByContactAnalysis deadline:FarmMembershipLevels
    deadline:FleetMembershipLevels deadline:JobMembershipLevels deadline:QueueMembershipLevels
    devops-guru:ServiceNames dsql:FisTargetArns dynamodb:Attributes dynamodb:FirstPartitionKeyValues
    dynamodb:FisTargetArns dynamodb:FourthPartitionKeyValues dynamodb:LeadingKeys
    dynamodb:SecondPartitionKeyValues dynamodb:ThirdPartitionKeyValues ec2:FisTargetArns ec2:IKEVersions
    ec2:Phase1EncryptionAlgorithms ec2:Phase1IntegrityAlgorithms ec2:Phase2EncryptionAlgorithms
    ec2:Phase2IntegrityAlgorithms ec2:VpcePrivateDnsSpecifiedDomains ecs:capacity-provider ecs:subnet
    eks:encryptionConfigProviderKeyArns eks:kubernetesGroups eks:namespaces
    elasticloadbalancing:ListenerProtocol elasticloadbalancing:SecurityGroup
    elasticloadbalancing:SecurityPolicy elasticloadbalancing:Subnet es:SecurityGroupIds es:SubnetIds
    fis:Operations fis:Targets geo:DeviceIds geo:GeofenceIds glue:SecurityGroupIds glue:SubnetIds
    glue:VpcIds iam:AccountPropertyNamespaces identitystore:GroupExternalIdIssuers
    identitystore:UserExternalIdIssuers imagebuilder:CreatedResourceTagKeys iotfleetwise:Signals
    iotsitewise:taskArns iottwinmaker:linkedServices kinesis:FisTargetArns kms:EncryptionContextKeys
    kms:GrantOperations kms:ResourceAliases lambda:Layer lambda:SecurityGroupIds lambda:SubnetIds
    lex:associatedIntents lex:associatedSlotTypes logs:LogGeneratingResourceArns
    networkmanager:edgeLocations networkmanager:subnetArns oam:ResourceTypes
    observabilityadmin:CentralizationSourceRegions partnercentral:FulfillmentTypes partnercentral:Programs
    payment-cryptography:ResourceAliases pi:Dimensions quicksight:AllowedEmbeddingDomains
    quicksight:KmsKeyArns refactor-spaces:CreatedByAccountIds route53:ChangeResourceRecordSetsActions
    route53:ChangeResourceRecordSetsNormalizedRecordNames route53:ChangeResourceRecordSetsRecordTypes
    s3:InventoryAccessibleOptionalFields s3:RequestObjectTagKeys
    s3express:InventoryAccessibleOptionalFields s3express:Permissions sagemaker:AcceleratorTypes
    sagemaker:ImageArns sagemaker:ImageVersionArns sagemaker:InstanceTypes
    sagemaker:NotebookInstanceLifecycleConfigArns sagemaker:StudioLifecycleConfigArns
    sagemaker:UpdatableFeatures sagemaker:VpcSecurityGroupIds sagemaker:VpcSubnets
    secretsmanager:AddReplicaRegions ses:ConfigurationSetOptions ses:Recipients ssm:DocumentCategories
    synthetics:Names transfer:RequestServerProtocols vpc-lattice:PrivateDnsSpecifiedDomains
    vpc-lattice:SecurityGroupIds vpc-lattice:TargetGroupArns
    saml:eduPersonAffiliation saml:eduPersonAssurance saml:eduPersonEntitlement saml:eduPersonNickname
    saml:eduPersonOrgUnitDN saml:eduPersonTargetedID saml:eduOrgHomePageURI
    saml:eduOrgIdentityAuthNPolicyURI saml:eduOrgLegalName saml:eduOrgSuperiorURI saml:eduOrgWhitePagesURI
    saml:cn saml:commonName saml:givenName saml:mail saml:name saml:organizationStatus
    saml:primaryGroupSID saml:surname saml:uid saml:x500UniqueIdentifier
"""
MULTIVALUED_KEYS: Final = frozenset(key.lower() for key in _WRITTEN.split())


def is_multivalued(key: str) -> bool:
    """Whether AWS defines the key as multivalued, so that a single value is a set of one. Ignores case.

    `amr` of any identity provider (`cognito-identity.amazonaws.com:amr`) is multivalued too.
    """
    lowered = key.lower()
    return lowered in MULTIVALUED_KEYS or lowered.endswith(":amr")
