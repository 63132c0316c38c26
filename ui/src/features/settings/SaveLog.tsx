import { useState } from "react";
import { useHost } from "../../api/client";
import type { ApiError, LogLine, LogsChoice } from "../../api/contract";
import { Fault } from "../../components/Fault";
import { isApiError } from "../../host/host";
import { useWords } from "../../l10n/words";

/** A line as people read it, alone on its line whatever it holds. */
export function written(line: LogLine): string {
  const text = `${line.time} ${line.level} ${line.target}: ${line.message}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");
}

/** Hands a text over as a browser hands over files. */
function download(name: string, text: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Saves the lines that are shown to a file, the oldest first. */
export function SaveLog({ choice, lines }: { choice: LogsChoice; lines: LogLine[] }) {
  const say = useWords();
  const host = useHost();
  const [saved, setSaved] = useState<string | null>(null);
  const [fault, setFault] = useState<ApiError | null>(null);
  async function save() {
    setFault(null);
    if (!host.saveLog) {
      download("portolan.log", lines.map((line) => `${written(line)}\n`).toReversed().join(""));
      return;
    }
    try {
      setSaved(await host.saveLog(choice));
    } catch (error) {
      setSaved(null);
      if (!isApiError(error)) throw error;
      setFault(error);
    }
  }
  return (
    <>
      <button type="button" className="btn" disabled={lines.length === 0} onClick={() => void save()}>
        {say("settings-logs-save")}
      </button>
      <span role="status" className="text-subtle">
        {saved !== null && say("settings-logs-saved", { file: saved })}
      </span>
      {fault !== null && <Fault error={fault} />}
    </>
  );
}
