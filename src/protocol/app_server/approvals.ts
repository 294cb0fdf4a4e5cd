/**
 * What the agent asks for approval of, and how it is answered.
 * @module
 */
import { asFields, type Fields, isFields, stringField } from "../fields.ts";
import type { FileUpdateChange, ThreadItem } from "../items.ts";
import type { ApprovalCall, ApprovalVerdict } from "./approval_call.ts";
import { type ElicitationApproval, elicitationResponse, readElicitation } from "./elicitation.ts";
import { turnIdOf } from "./names.ts";
import type {
  CommandExecutionRequestApprovalResponse,
  FileChangeRequestApprovalResponse,
  GrantedPermissionProfile,
  McpServerElicitationRequestResponse,
  PermissionsRequestApprovalResponse,
} from "./types.ts";

export type { ApprovalCall, ApprovalVerdict } from "./approval_call.ts";
export type { ElicitationApproval } from "./elicitation.ts";

/** The agent wants to run a command, or to type into one that runs. */
export interface CommandApproval extends ApprovalCall {
  /** Tells the requests apart. */
  kind: "command";
  /** The command line. */
  command?: string;
  /** Where it would run. */
  cwd?: string;
  /** The host it wants to reach, when that is what is asked about. */
  network?: { host: string; protocol: string };
}

/** The agent wants to change files. */
export interface FileChangeApproval extends ApprovalCall {
  /** Tells the requests apart. */
  kind: "file_change";
  /** The files, as its item has them. */
  changes: FileUpdateChange[];
  /** The folder that it wants to write to for the rest of the session. */
  grantRoot?: string;
}

/** The agent wants more than its sandbox lets it. */
export interface PermissionsApproval extends ApprovalCall {
  /** Tells the requests apart. */
  kind: "permissions";
  /** What it wants, as the app-server names it. */
  permissions: Readonly<Record<string, unknown>>;
  /** Where it works. */
  cwd?: string;
}

/** A request for approval, told apart by `kind`. */
export type ApprovalRequest =
  | CommandApproval
  | FileChangeApproval
  | PermissionsApproval
  | ElicitationApproval;

/** What the server takes as an answer. */
export type ApprovalResponse =
  | CommandExecutionRequestApprovalResponse
  | FileChangeRequestApprovalResponse
  | PermissionsRequestApprovalResponse
  | McpServerElicitationRequestResponse;

type Reader = (params: Fields, openItems: readonly ThreadItem[]) => ApprovalRequest;

const READERS: ReadonlyMap<string, Reader> = new Map(Object.entries<Reader>({
  "item/commandExecution/requestApproval": readCommand,
  "item/fileChange/requestApproval": readFileChange,
  "item/permissions/requestApproval": readPermissions,
  "mcpServer/elicitation/request": readElicitation,
}));

/**
 * Reads a request of the server; undefined when it asks for no approval. The items that have begun
 * and not ended tell what the request itself leaves out.
 */
export function readApprovalRequest(
  request: { method: string; params: Fields },
  openItems: readonly ThreadItem[] = [],
): ApprovalRequest | undefined {
  return READERS.get(request.method)?.(request.params, openItems);
}

/**
 * The answer to a request, as the server wants it. A denial lets the turn go on; the server has no
 * place for its reason (codex-cli 0.169.0).
 */
export function approvalResponse(
  request: ApprovalRequest,
  verdict: ApprovalVerdict,
): ApprovalResponse {
  if (request.kind === "elicitation") return elicitationResponse(request, verdict);
  if (request.kind === "permissions") {
    const scope = verdict === "allow-session" ? "session" : "turn";
    const granted = request.permissions as GrantedPermissionProfile;
    return { permissions: verdict === "deny" ? {} : granted, scope };
  }
  return { decision: DECISIONS[verdict] };
}

const DECISIONS = {
  "allow": "accept",
  "allow-session": "acceptForSession",
  "deny": "decline",
} as const;

function readCommand(params: Fields): CommandApproval {
  const network = asFields(params["networkApprovalContext"]);
  const host = stringField(network, "host");
  const isInput = params["kind"] === "writeStdin";
  return {
    kind: "command",
    ...readCall(params, isInput ? "write_stdin" : "exec_command"),
    ...pick(params, "command", "cwd"),
    ...(host === undefined
      ? {}
      : { network: { host, protocol: stringField(network, "protocol") ?? "unknown" } }),
  };
}

function readFileChange(params: Fields, openItems: readonly ThreadItem[]): FileChangeApproval {
  const call = readCall(params, "apply_patch");
  const item = openItems.find(({ id }) => id === call.callId);
  return {
    kind: "file_change",
    ...call,
    changes: item?.type === "file_change" ? item.changes : [],
    ...pick(params, "grantRoot"),
  };
}

function readPermissions(params: Fields): PermissionsApproval {
  const { network, fileSystem } = asFields(params["permissions"]);
  const permissions = {
    ...(isFields(network) ? { network } : {}),
    ...(isFields(fileSystem) ? { fileSystem } : {}),
  };
  return {
    kind: "permissions",
    ...readCall(params, "request_permissions"),
    permissions,
    ...pick(params, "cwd"),
  };
}

function readCall(params: Fields, tool: string): ApprovalCall {
  return {
    callId: stringField(params, "itemId") ?? "",
    threadId: stringField(params, "threadId") ?? "",
    turnId: turnIdOf(params) ?? "",
    tool,
    ...pick(params, "reason"),
  };
}

/** The named fields that hold text. */
function pick<N extends string>(params: Fields, ...names: N[]): { [name in N]?: string } {
  const picked: { [name in N]?: string } = {};
  for (const name of names) {
    const value = stringField(params, name);
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}
