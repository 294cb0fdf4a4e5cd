/**
 * What the SDK uses of the app-server's protocol.
 * @module
 */

/** Types to keep, with all they refer to. */
export const ROOTS: readonly string[] = [
  "InitializeParams",
  "InitializeResponse",
  "LoginAccountParams",
  "ThreadStartParams",
  "ThreadStartResponse",
  "ThreadResumeParams",
  "ThreadResumeResponse",
  "ThreadUnsubscribeParams",
  "ThreadCompactStartParams",
  "TurnStartParams",
  "TurnStartResponse",
  "TurnSteerParams",
  "TurnSteerResponse",
  "TurnInterruptParams",
  "CommandExecutionRequestApprovalParams",
  "CommandExecutionRequestApprovalResponse",
  "FileChangeRequestApprovalParams",
  "FileChangeRequestApprovalResponse",
  "PermissionsRequestApprovalParams",
  "PermissionsRequestApprovalResponse",
  "McpServerElicitationRequestParams",
  "McpServerElicitationRequestResponse",
  "DynamicToolCallParams",
  "DynamicToolCallResponse",
  "ToolRequestUserInputParams",
  "ToolRequestUserInputResponse",
  "ThreadStartedNotification",
  "TurnStartedNotification",
  "TurnCompletedNotification",
  "TurnDiffUpdatedNotification",
  "TurnPlanUpdatedNotification",
  "ItemStartedNotification",
  "ItemCompletedNotification",
  "AgentMessageDeltaNotification",
  "ReasoningSummaryTextDeltaNotification",
  "CommandExecutionOutputDeltaNotification",
  "FileChangePatchUpdatedNotification",
  "ThreadTokenUsageUpdatedNotification",
  "AccountRateLimitsUpdatedNotification",
  "ErrorNotification",
  "WarningNotification",
  "ModelReroutedNotification",
  "ServerRequestResolvedNotification",
];

/** Unions of messages, of which the names of the methods are kept. */
export const METHOD_UNIONS: Readonly<Record<string, string>> = {
  ServerNotification: "ServerNotificationMethod",
  ServerRequest: "ServerRequestMethod",
};

/** Of types with many fields, those that are used. */
export const FIELDS: Readonly<Record<string, readonly string[]>> = {
  InitializeCapabilities: ["experimentalApi", "requestAttestation", "optOutNotificationMethods"],
  ThreadStartParams: [
    "model",
    "cwd",
    "approvalPolicy",
    "sandbox",
    "config",
    "threadSource",
    "dynamicTools",
  ],
  ThreadStartResponse: ["thread", "model", "modelProvider", "cwd", "reasoningEffort"],
  ThreadResumeParams: [
    "threadId",
    "model",
    "cwd",
    "approvalPolicy",
    "sandbox",
    "config",
    "excludeTurns",
  ],
  ThreadResumeResponse: ["thread", "model", "modelProvider", "cwd", "reasoningEffort"],
  Thread: ["id", "model", "modelProvider", "path", "cwd", "cliVersion"],
  TurnStartParams: ["threadId", "input", "outputSchema", "cyberAccessProgram"],
  TurnSteerParams: ["threadId", "input", "expectedTurnId"],
  Turn: ["id", "items", "status", "error", "startedAt", "completedAt", "durationMs"],
};

/** Types whose inside is not looked at: they become `unknown`. */
export const OPAQUE: ReadonlySet<string> = new Set([
  "AdditionalPermissionProfile",
  "AgentMessageDelivery",
  "AgentMessageModeration",
  "AsyncUserInputQuestion",
  "CollabAgentState",
  "CommandAction",
  "FunctionCallOutputBody",
  "HookPromptFragment",
  "ImageGenerationItem",
  "JsonValue",
  "McpAppUi",
  "McpElicitationSchema",
  "McpToolCallAppContext",
  "MemoryCitation",
  "MisalignmentErrorDetails",
  "SleepItem",
  "TextElement",
]);
