"""Which actions can a session with the context of an Identity Center user call?

STS attaches an AWS managed policy to the session, which denies every action that is not listed here.
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSIAMIdentityCenterAllowListForIdentityContext.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sts_tui.account.json_value import JsonObject

POLICY_NAME: Final = "AWSIAMIdentityCenterAllowListForIdentityContext"
_ACTIONS: Final[Mapping[str, str]] = {
    "aoss": "APIAccessAll",
    "athena": (
        "BatchGetNamedQuery BatchGetPreparedStatement BatchGetQueryExecution CreateNamedQuery "
        "CreatePreparedStatement DeleteNamedQuery DeletePreparedStatement GetNamedQuery GetPreparedStatement "
        "GetQueryExecution GetQueryResults GetQueryResultsStream GetQueryRuntimeStatistics GetWorkGroup "
        "ListNamedQueries ListPreparedStatements ListQueryExecutions StartQueryExecution StopQueryExecution "
        "UpdateNamedQuery UpdatePreparedStatement GetDatabase GetDataCatalog GetTableMetadata ListDatabases "
        "ListDataCatalogs ListTableMetadata ListWorkGroups"
    ),
    "elasticmapreduce": (
        "GetClusterSessionCredentials AddJobFlowSteps DescribeCluster CancelSteps DescribeStep ListSteps"
    ),
    "es": "ESHttpHead ESHttpPost ESHttpGet ESHttpPatch ESHttpDelete ESHttpPut",
    "glue": (
        "GetDatabase GetDatabases GetTable GetTables GetTableVersions GetPartition GetPartitions "
        "BatchGetPartition GetColumnStatisticsForPartition GetColumnStatisticsForTable SearchTables "
        "CreateDatabase UpdateDatabase DeleteDatabase CreateTable DeleteTable BatchDeleteTable UpdateTable "
        "BatchCreatePartition CreatePartition DeletePartition BatchDeletePartition UpdatePartition "
        "BatchUpdatePartition DeleteColumnStatisticsForPartition DeleteColumnStatisticsForTable "
        "UpdateColumnStatisticsForPartition UpdateColumnStatisticsForTable"
    ),
    "lakeformation": "GetDataAccess",
    "s3": "GetAccessGrantsInstanceForPrefix GetDataAccess ListCallerAccessGrants",
    "q": (
        "StartConversation SendMessage ListConversations GetConversation StartTroubleshootingAnalysis "
        "GetTroubleshootingResults StartTroubleshootingResolutionExplanation "
        "UpdateTroubleshootingCommandResult"
    ),
    "qapps": (
        "CreateQApp PredictProblemStatementFromConversation PredictQAppFromProblemStatement CopyQApp GetQApp "
        "ListQApps UpdateQApp DeleteQApp AssociateQAppWithUser DisassociateQAppFromUser ImportDocumentToQApp "
        "ImportDocumentToQAppSession CreateLibraryItem GetLibraryItem UpdateLibraryItem "
        "CreateLibraryItemReview ListLibraryItems CreateSubscriptionToken StartQAppSession StopQAppSession "
        "PredictQApp ImportDocument AssociateLibraryItemReview DisassociateLibraryItemReview GetQAppSession "
        "UpdateQAppSession GetQAppSessionMetadata UpdateQAppSessionMetadata TagResource ListQAppSessionData "
        "ExportQAppSessionData"
    ),
    "qbusiness": "Chat ChatSync ListConversations ListMessages DeleteConversation PutFeedback",
    "sts": "SetContext",
}
"""Service → allowed actions, according to version 12 of the policy."""

IDENTITY_CONTEXT: Final[JsonObject] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "TrustedIdentityPropagation",
            "Effect": "Deny",
            "NotAction": [
                f"{service}:{name}" for service, names in _ACTIONS.items() for name in names.split()
            ],
            "Resource": "*",
        }
    ],
}
