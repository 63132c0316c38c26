import { Dialog } from "../components/Dialog";
import { useWords } from "../l10n/words";

/** The keys that work everywhere. */
export default function ShortcutList({ close }: { close: () => void }) {
  const say = useWords();
  const rows: [string[], string][] = [
    [["Ctrl 1", "g h"], say("window-home")],
    [["Ctrl 2", "g p"], say("window-providers")],
    [["Ctrl 3", "g a"], say("window-activity")],
    [["Ctrl 4", "g s"], say("window-settings")],
    [["/"], say("keys-search")],
    [["↑", "↓"], say("keys-rows")],
    [["Enter"], say("keys-open")],
    [["Esc"], say("keys-close")],
    [["?"], say("keys-list")],
  ];
  return (
    <Dialog open close={close} title={say("keys-title")}>
      <dl className="kv items-center">
        {rows.map(([keys, words]) => (
          <div key={words} className="contents">
            <dt className="flex gap-2">
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
