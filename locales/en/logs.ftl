# The server's own log: `portolan logs`.

cli-logs = Write the running server's own log, the oldest line first
    .after = The last 2,000 lines are kept. They hold no prompts and no answers, and secrets are taken out: a file with them can be sent along, as by “portolan logs --output portolan.log”.
cli-option-follow = Go on with what is logged from now on; the last 20 lines come first
cli-option-lines = Only the last so many lines
cli-option-level = The least grave level: error, warn, info, debug or trace; otherwise all that is kept
cli-option-search = Only lines that hold this text
cli-option-output = Write to this file in place of standard output; a new one is for its owner alone to read
logs-none = There are no such lines. The log begins anew with each start of the server.
logs-saved = { $count ->
    [one] One line was written to { $file }.
   *[other] { $count } lines were written to { $file }.
}
logs-ended = The server has ended, and with it its log.
