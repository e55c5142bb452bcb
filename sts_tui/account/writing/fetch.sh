#!/bin/sh
# Collects what sts-tui simulates of an AWS account, or of an organization, into a folder.
#
#   sh fetch.sh [FOLDER]                        the account of your current credentials
#   STS_TUI_ROLE=NAME sh fetch.sh [FOLDER]      every account of the organization, through this role in each;
#                                               with credentials of the management account or a delegated one
#   STS_TUI_REGIONS="eu-west-1 us-east-1" …     Regions whose keys, queues, topics, secrets, functions, VPC
#                                               endpoints, Roles Anywhere, pod identity associations, Cognito
#                                               identity pools and IAM Identity Center are collected; without
#                                               it your default Region
#   sts-tui FOLDER                              opens the result
#
# It needs the AWS CLI and nothing else, and it only reads. A file is written when it is complete. After an
# interruption, run it again: it continues with what is missing. Commands that AWS refused are reported at the
# end and tried again the next time.
#
# Permissions of the account (the AWS managed policy SecurityAudit has most of them):
#   iam:GetAccountAuthorizationDetails iam:ListRoles iam:ListInstanceProfiles iam:ListSAMLProviders
#   iam:ListOpenIDConnectProviders iam:GetOpenIDConnectProvider iam:ListUsers iam:ListAccessKeys
#   iam:ListMFADevices iam:GetLoginProfile s3:ListAllMyBuckets s3:GetBucketPolicy kms:ListKeys kms:GetKeyPolicy sqs:ListQueues
#   sqs:GetQueueAttributes sns:ListTopics sns:GetTopicAttributes secretsmanager:ListSecrets
#   secretsmanager:GetResourcePolicy lambda:ListFunctions lambda:GetPolicy ec2:DescribeVpcEndpoints
#   rolesanywhere:ListTrustAnchors rolesanywhere:ListProfiles rolesanywhere:ListCrls eks:ListClusters
#   eks:ListPodIdentityAssociations eks:DescribePodIdentityAssociation cognito-identity:ListIdentityPools
#   cognito-identity:DescribeIdentityPool cognito-identity:GetIdentityPoolRoles
#   cognito-identity:GetPrincipalTagAttributeMap
# Permissions of the organization:
#   organizations:DescribeOrganization organizations:ListRoots organizations:ListAccountsForParent
#   organizations:ListOrganizationalUnitsForParent organizations:DescribeOrganizationalUnit
#   organizations:ListPoliciesForTarget organizations:DescribePolicy sts:AssumeRole (of STS_TUI_ROLE)
# Permissions of IAM Identity Center, in the management account or its delegated administrator:
#   sso:ListInstances sso:DescribeInstanceAccessControlAttributeConfiguration sso:ListPermissionSets
#   sso:DescribePermissionSet sso:GetInlinePolicyForPermissionSet sso:ListManagedPoliciesInPermissionSet
#   sso:ListCustomerManagedPolicyReferencesInPermissionSet sso:GetPermissionsBoundaryForPermissionSet
#   sso:ListAccountsForProvisionedPermissionSet sso:ListAccountAssignments identitystore:ListUsers
#   identitystore:ListGroups identitystore:ListGroupMemberships
set -eu
umask 077
out=${1:-sts-tui-account}
mkdir -p "$out"
refused="$out/.refused"
: >"$refused"

# fetch FILE COMMAND…: what a command prints. A file that is there is kept; one appears only when complete.
fetch() {
  fetch_file=$1
  shift
  if [ -e "$fetch_file" ] || [ -e "$fetch_file.none" ]; then return 0; fi
  if "$@" >"$fetch_file.part" 2>"$fetch_file.error"; then
    mv "$fetch_file.part" "$fetch_file"
    rm -f "$fetch_file.error"
    return 0
  fi
  rm -f "$fetch_file.part"
  if grep -q 'NoSuchBucketPolicy\|ResourceNotFoundException\|NoSuchEntity' "$fetch_file.error"; then
    mv "$fetch_file.error" "$fetch_file.none"
    return 0
  fi
  { printf '%s: ' "$fetch_file"; tr '\n' ' ' <"$fetch_file.error"; echo; } >>"$refused"
  rm -f "$fetch_file.error"
  return 1
}

# names FILE COMMAND…: the words that a listing command prints; none where it is refused.
names() {
  fetch "$@" --output text && sed 's/^None$//' "$1" || :
}

# overlay KEY VALUE: a --query that gives an answer the form of an account file.
overlay() {
  printf '{Accounts:[{AccountId:`"%s"`,RawDump:`true`,%s:%s}]}' "$id" "$1" "$2"
}

account() {
  id=$(aws sts get-caller-identity --query Account --output text)
  partition=$(aws sts get-caller-identity --query Arn --output text | cut -d: -f2)
  at="$out/$id"
  mkdir -p "$at"
  echo "account $id" >&2
  aws organizations describe-organization >/dev/null 2>"$out/.error" \
    || ! grep -q AWSOrganizationsNotInUseException "$out/.error" \
    || printf '{"Accounts":[{"AccountId":"%s","Standalone":true}]}\n' "$id" >"$at/standalone.json"
  fetch "$at/authorization-details.json" aws iam get-account-authorization-details --output json || :
  fetch "$at/roles.json" aws iam list-roles --output json \
    --query "$(overlay RoleDetailList 'Roles[].{Arn:Arn,MaxSessionDuration:MaxSessionDuration,Description:Description}')" || :
  fetch "$at/instance-profiles.json" aws iam list-instance-profiles --output json \
    --query "$(overlay InstanceProfiles 'InstanceProfiles[].{Arn:Arn,InstanceProfileName:InstanceProfileName,Roles:Roles[].Arn}')" || :
  fetch "$at/saml.json" aws iam list-saml-providers --output json \
    --query "$(overlay SAMLProviders 'SAMLProviderList[].{Arn:Arn}')" || :
  for arn in $(names "$at/oidc.list" aws iam list-open-id-connect-providers --query 'OpenIDConnectProviderList[].Arn'); do
    file="$at/oidc-$(printf '%s' "${arn#*:oidc-provider/}" | tr -c 'A-Za-z0-9.-' _).json"
    fetch "$file" aws iam get-open-id-connect-provider --open-id-connect-provider-arn "$arn" --output json \
      --query "$(overlay OpenIDConnectProviders "[{Arn:\`\"$arn\"\`,ClientIDList:ClientIDList,ThumbprintList:ThumbprintList}]")" || :
  done
  users
  for bucket in $(names "$at/buckets.list" aws s3api list-buckets --query 'Buckets[].Name'); do
    resource "bucket-$bucket" "arn:$partition:s3:::$bucket" Policy \
      aws s3api get-bucket-policy --bucket "$bucket"
  done
  for region in ${STS_TUI_REGIONS:-$(aws configure get region || echo us-east-1)}; do
    region
  done
}

users() {
  for user in $(names "$at/users.list" aws iam list-users --query 'Users[].Arn'); do
    name=${user##*/}
    fetch "$at/keys-$name.json" aws iam list-access-keys --user-name "$name" --output json \
      --query "$(overlay UserDetailList "[{Arn:\`\"$user\"\`,AccessKeys:AccessKeyMetadata[].{AccessKeyId:AccessKeyId,Status:Status}}]")" || :
    fetch "$at/mfa-$name.json" aws iam list-mfa-devices --user-name "$name" --output json \
      --query "$(overlay UserDetailList "[{Arn:\`\"$user\"\`,MFADevices:MFADevices[].{SerialNumber:SerialNumber}}]")" || :
    fetch "$at/password-$name.json" aws iam get-login-profile --user-name "$name" --output json \
      --query "$(overlay UserDetailList "[{Arn:\`\"$user\"\`,LoginProfile:LoginProfile.{CreateDate:CreateDate,PasswordResetRequired:PasswordResetRequired}}]")" || :
    if [ -e "$at/password-$name.json.none" ]; then # AWS says that there is no password
      printf '{"Accounts":[{"AccountId":"%s","UserDetailList":[{"Arn":"%s","LoginProfile":null}]}]}\n' "$id" "$user" \
        >"$at/no-password-$name.json"
    fi
  done
}

# center KEY VALUE: a --query that gives an answer the form of a file of IAM Identity Center.
center() {
  printf '{IdentityCenter:{%s:%s}}' "$1" "$2"
}

# identity_center: its instances in one Region, with users, groups, permission sets and assignments.
identity_center() {
  for instance in $(names "$at/instances-$region.list" aws sso-admin list-instances --region "$region" --query 'Instances[].InstanceArn'); do
    in="$out/identity-center/${instance##*/}"
    mkdir -p "$in"
    fetch "$in/instance.json" aws sso-admin list-instances --region "$region" --output json \
      --query "$(center Instances "Instances[?InstanceArn=='$instance']")" || continue
    fetch "$in/attributes.json" aws sso-admin describe-instance-access-control-attribute-configuration \
      --region "$region" --instance-arn "$instance" --output json \
      --query "$(center Instances "[{InstanceArn:\`\"$instance\"\`,AccessControlAttributes:InstanceAccessControlAttributeConfiguration.AccessControlAttributes}]")" || :
    directory
    for set in $(names "$in/sets.list" aws sso-admin list-permission-sets --region "$region" --instance-arn "$instance" --query PermissionSets); do
      permission_set
    done
  done
}

directory() {
  for store in $(names "$in/store.list" aws sso-admin list-instances --region "$region" --query "Instances[?InstanceArn=='$instance'].IdentityStoreId"); do
    fetch "$in/users.json" aws identitystore list-users --region "$region" --identity-store-id "$store" \
      --output json --query "$(center Users Users)" || :
    fetch "$in/groups.json" aws identitystore list-groups --region "$region" --identity-store-id "$store" \
      --output json --query "$(center Groups Groups)" || :
    for group in $(names "$in/groups.list" aws identitystore list-groups --region "$region" --identity-store-id "$store" --query 'Groups[].GroupId'); do
      fetch "$in/members-$group.json" aws identitystore list-group-memberships --region "$region" \
        --identity-store-id "$store" --group-id "$group" --output json \
        --query "$(center GroupMemberships GroupMemberships)" || :
    done
  done
}

# permission_set: one with its policies, and who has it where.
permission_set() {
  file="$in/${set##*/}"
  set -- --region "$region" --instance-arn "$instance" --permission-set-arn "$set"
  fetch "$file.json" aws sso-admin describe-permission-set "$@" --output json \
    --query "$(center PermissionSets '[PermissionSet]')" || return 0
  name=$(names "$file.list" aws sso-admin describe-permission-set "$@" --query PermissionSet.Name)
  fetch "$file-inline.json" aws sso-admin get-inline-policy-for-permission-set "$@" --output json \
    --query "$(part 'InlinePolicy:InlinePolicy || `null`')" || :
  fetch "$file-managed.json" aws sso-admin list-managed-policies-in-permission-set "$@" --output json \
    --query "$(part 'AttachedManagedPolicies:AttachedManagedPolicies')" || :
  fetch "$file-customer.json" aws sso-admin list-customer-managed-policy-references-in-permission-set "$@" \
    --output json --query "$(part 'CustomerManagedPolicyReferences:CustomerManagedPolicyReferences')" || :
  fetch "$file-boundary.json" aws sso-admin get-permissions-boundary-for-permission-set "$@" --output json \
    --query "$(part 'PermissionsBoundary:PermissionsBoundary')" || :
  for target in $(names "$file-accounts.list" aws sso-admin list-accounts-for-provisioned-permission-set "$@" --query AccountIds); do
    fetch "$file-in-$target.json" aws sso-admin list-account-assignments "$@" --account-id "$target" \
      --output json --query "$(center AccountAssignments AccountAssignments)" || :
  done
}

# part MEMBERS: a --query for a permission set that has only these members and its name.
part() {
  center PermissionSets "[{Name:\`\"$name\"\`,PermissionSetArn:\`\"$set\"\`,$1}]"
}

# resource NAME ARN MEMBER COMMAND…: the policy of a resource, which is a member of the answer.
resource() {
  resource_file="$at/$1.json"
  resource_query=$(overlay Resources "[{Arn:\`\"$2\"\`,Policy:$3}]")
  shift 3
  fetch "$resource_file" "$@" --output json --query "$resource_query" || :
}

region() {
  for key in $(names "$at/keys-$region.list" aws kms list-keys --region "$region" --query 'Keys[].KeyArn'); do
    resource "key-$region-${key##*/}" "$key" Policy \
      aws kms get-key-policy --region "$region" --key-id "$key" --policy-name default
  done
  for queue in $(names "$at/queues-$region.list" aws sqs list-queues --region "$region" --query 'QueueUrls || `[]`'); do
    resource "queue-$region-${queue##*/}" "arn:$partition:sqs:$region:$id:${queue##*/}" Attributes.Policy \
      aws sqs get-queue-attributes --region "$region" --queue-url "$queue" --attribute-names Policy
  done
  for topic in $(names "$at/topics-$region.list" aws sns list-topics --region "$region" --query 'Topics[].TopicArn'); do
    resource "topic-$region-${topic##*:}" "$topic" Attributes.Policy \
      aws sns get-topic-attributes --region "$region" --topic-arn "$topic"
  done
  for secret in $(names "$at/secrets-$region.list" aws secretsmanager list-secrets --region "$region" --query 'SecretList[].ARN'); do
    resource "secret-$region-$(printf '%s' "${secret#*:secret:}" | tr -c 'A-Za-z0-9.-' _)" "$secret" ResourcePolicy \
      aws secretsmanager get-resource-policy --region "$region" --secret-id "$secret"
  done
  for function in $(names "$at/functions-$region.list" aws lambda list-functions --region "$region" --query 'Functions[].FunctionArn'); do
    resource "function-$region-${function##*:}" "$function" Policy \
      aws lambda get-policy --region "$region" --function-name "$function"
  done
  fetch "$at/endpoints-$region.json" aws ec2 describe-vpc-endpoints --region "$region" --output json \
    --query "$(overlay Resources "VpcEndpoints[].{Arn:join(\`\"\"\`,[\`\"arn:$partition:ec2:$region:$id:vpc-endpoint/\"\`,VpcEndpointId]),Policy:PolicyDocument}")" || :
  workload_identities
  for pool in $(names "$at/pools-$region.list" aws cognito-identity list-identity-pools --region "$region" \
    --max-results 60 --query 'IdentityPools[].IdentityPoolId'); do
    identity_pool
  done
}

# identity_pool: one of Cognito with its roles, and with the session tags of each login provider.
identity_pool() {
  file="$at/pool-$region-${pool#*:}"
  set -- --region "$region" --identity-pool-id "$pool"
  fetch "$file.json" aws cognito-identity describe-identity-pool "$@" --output json \
    --query "{IdentityProviders:[{Name:IdentityPoolId,Type:\`\"Cognito\"\`,IdentityPool:merge(@,{AccountId:\`\"$id\"\`})}]}" || return 0
  fetch "$file-roles.json" aws cognito-identity get-identity-pool-roles "$@" --output json || :
  for login in $(names "$file.list" aws cognito-identity describe-identity-pool "$@" \
    --query '[CognitoIdentityProviders[].ProviderName,keys(SupportedLoginProviders || `{}`),OpenIdConnectProviderARNs,SamlProviderARNs][]'); do
    fetch "$file-tags-$(printf '%s' "$login" | tr -c 'A-Za-z0-9.-' _).json" \
      aws cognito-identity get-principal-tag-attribute-map "$@" --identity-provider-name "$login" --output json || :
  done
}

# workload_identities: what lets certificates and pods in, in one Region.
workload_identities() {
  fetch "$at/trust-anchors-$region.json" aws rolesanywhere list-trust-anchors --region "$region" --output json \
    --query "$(overlay TrustAnchors 'trustAnchors || `[]`')" || :
  fetch "$at/anywhere-profiles-$region.json" aws rolesanywhere list-profiles --region "$region" --output json \
    --query "$(overlay Profiles 'profiles || `[]`')" || :
  fetch "$at/crls-$region.json" aws rolesanywhere list-crls --region "$region" --output json \
    --query "$(overlay Crls 'crls || `[]`')" || :
  for cluster in $(names "$at/clusters-$region.list" aws eks list-clusters --region "$region" --query 'clusters || `[]`'); do
    for pod in $(names "$at/pods-$region-$cluster.list" aws eks list-pod-identity-associations --region "$region" \
      --cluster-name "$cluster" --query 'associations[].associationId'); do
      fetch "$at/pod-$region-$cluster-$pod.json" aws eks describe-pod-identity-association --region "$region" \
        --cluster-name "$cluster" --association-id "$pod" --output json \
        --query "$(overlay PodIdentityAssociations '[association]')" || :
    done
  done
}

# attached TARGET TYPE: the policies attached to a node, as a JSON list.
attached() {
  attached_ids=$(aws organizations list-policies-for-target --target-id "$1" --filter "$2" \
    --query 'Policies[].Id' --output text) || return 1
  printf '['
  comma=
  for policy in $attached_ids; do
    case $policy in p-RCPFullAWSAccess | None) continue ;; esac # the former is always there
    policy_file="$out/organization/.$policy"
    [ -e "$policy_file" ] || aws organizations describe-policy --policy-id "$policy" --output json \
      --query 'Policy.{Name:PolicySummary.Name,Id:PolicySummary.Id,Arn:PolicySummary.Arn,Document:Content}' \
      >"$policy_file.part" || return 1
    [ -e "$policy_file" ] || mv "$policy_file.part" "$policy_file"
    printf '%s' "$comma"
    cat "$policy_file"
    comma=,
  done
  printf ']'
}

# policies TARGET: the members of an object that hold its policies.
policies() {
  printf '"ServiceControlPolicies":'
  attached "$1" SERVICE_CONTROL_POLICY || return 1
  printf ',"ResourceControlPolicies":'
  attached "$1" RESOURCE_CONTROL_POLICY || return 1
}

# node ID NAME BEFORE AFTER: one node of the tree with its policies and accounts, inside the nodes above it.
node() {
  node_accounts=$(aws organizations list-accounts-for-parent --parent-id "$1" \
    --query 'Accounts[].Id' --output text) || return 1
  printf '%s{"Id":"%s","Name":%s,' "$3" "$1" "$2"
  policies "$1" || return 1
  printf ',"Accounts":['
  between=
  for member in $node_accounts; do
    [ "$member" = None ] && continue
    printf '%s{"AccountId":"%s",' "$between" "$member"
    policies "$member" || return 1
    printf '}'
    between=,
  done
  printf ']}%s\n' "$4"
}

# tree ID NAME BEFORE AFTER: a node and all units under it. A subshell keeps its own names.
tree() (
  fetch "$out/organization/$1.json" node "$@" || :
  fetch "$out/organization/$1.list" aws organizations list-accounts-for-parent --parent-id "$1" \
    --query 'Accounts[].Id' --output text || :
  for unit in $(names "$out/organization/$1-units.list" aws organizations list-organizational-units-for-parent \
    --parent-id "$1" --query 'OrganizationalUnits[].Id'); do
    name=$(aws organizations describe-organizational-unit --organizational-unit-id "$unit" \
      --query OrganizationalUnit.Name --output json)
    tree "$unit" "$name" "$3{\"Name\":$2,\"OrganizationalUnits\":[" "]}$4"
  done
)

organization() {
  mkdir -p "$out/organization"
  echo "organization" >&2
  about=$(aws organizations describe-organization --output text \
    --query 'Organization.[Id,MasterAccountId]') || return 0
  root=$(aws organizations list-roots --query 'Roots[0].Id' --output text)
  set -- $about
  tree "$root" '"Root"' "{\"Organization\":{\"Id\":\"$1\",\"ManagementAccountId\":\"$2\",\"RawDump\":true,\"Root\":" '}}'
}

# member ID: one account of the organization, with the credentials of the role in it.
member() (
  credentials=$(aws sts assume-role --role-arn "arn:$partition:iam::$1:role/$STS_TUI_ROLE" \
    --role-session-name sts-tui-fetch --output text \
    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' 2>"$out/.error") || {
    { printf 'account %s: ' "$1"; tr '\n' ' ' <"$out/.error"; echo; } >>"$refused"
    exit 0
  }
  set -- $credentials
  export AWS_ACCESS_KEY_ID="$1" AWS_SECRET_ACCESS_KEY="$2" AWS_SESSION_TOKEN="$3"
  unset AWS_PROFILE
  account
)

account
own=$id
for region in ${STS_TUI_REGIONS:-$(aws configure get region || echo us-east-1)}; do
  identity_center
done
if [ -n "${STS_TUI_ROLE:-}" ]; then
  organization
  for each in $(cat "$out"/organization/r-*.list "$out"/organization/ou-*.list 2>/dev/null | tr '\t' '\n' | grep '^[0-9]\{12\}$' | sort -u); do
    [ "$each" = "$own" ] || member "$each"
  done
fi
rm -f "$out/.error"
if [ -s "$refused" ]; then
  echo "refused (run it again with more permissions, or go on without):" >&2
  cat "$refused" >&2
  exit 1
fi
rm -f "$refused"
echo "complete: sts-tui $out" >&2
