/** What a turn of `shellServer()` is, for `runTurn`. */
export interface ShellServerScript {
  /** Run before the first message is read. */
  begin?: string;
  /** Run when a turn is started; `note METHOD PARAMS` sends a notification. */
  turn: string;
  /** Run when the turn is to be interrupted. */
  interrupt?: string;
  /** Run when its input has ended. */
  end?: string;
}

/** A script for `shellCli()` that is an app-server with one thread, `t1`. */
export function shellServer({ begin = "", turn, interrupt = ":", end = "" }: ShellServerScript) {
  return `
answer() { say "{\\"id\\":$id,\\"result\\":$1}"; }
note() { say "{\\"method\\":\\"$1\\",\\"params\\":$2}"; }
turn_end() { note turn/completed '{"threadId":"t1","turn":{"id":"u1","status":"'"$1"'","items":[]}}'; }
${begin}
while read -r line; do
  id=\${line#*'"id":'}; id=\${id%%,*}
  case "$line" in
    *'"method":"initialize"'*) answer '{"userAgent":"shell"}';;
    *'"method":"thread/start"'*) answer '{"thread":{"id":"t1"}}';;
    *'"method":"turn/start"'*)
      answer '{"turn":{"id":"u1"}}'
      note turn/started '{"threadId":"t1","turn":{"id":"u1","status":"inProgress"}}'
      ${turn};;
    *'"method":"turn/interrupt"'*) answer '{}'; ${interrupt};;
    *'"method":"initialized"'*) ;;
    *) answer '{}';;
  esac
done
${end}
`;
}
