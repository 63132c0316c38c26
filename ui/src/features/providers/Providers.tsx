import { useNavigate, useSearch } from "@tanstack/react-router";
import { useAction } from "../../api/client";
import { Fault } from "../../components/Fault";
import { Icon } from "../../components/Icon";
import { Tabs } from "../../components/Tabs";
import { useWords } from "../../l10n/words";
import { Accounts } from "./Accounts";
import { Import } from "./Import";
import { Models } from "./Models";

/** Who may answer: accounts, servers on this machine, the providers that are known, their models. */
export function Providers() {
  const say = useWords();
  const navigate = useNavigate();
  const { part } = useSearch({ strict: false });
  const refresh = useAction("models.refresh");
  const failed = refresh.data?.filter((each) => each.fault !== null) ?? [];
  const parts = [
    { id: "accounts", words: say("providers-accounts"), content: <Accounts /> },
    { id: "models", words: say("providers-models-tab"), content: <Models /> },
    { id: "import", words: say("importing-name"), content: <Import /> },
  ];
  return (
    <>
      <div className="page__head">
        <div>
          <h1>{say("window-providers")}</h1>
          <p>{say("providers-lead")}</p>
        </div>
        <button type="button" className="btn ms-auto" disabled={refresh.isPending} onClick={() => refresh.mutate(null)}>
          <Icon name="retry" />
          {say(refresh.isPending ? "providers-refreshing" : "providers-refresh")}
        </button>
      </div>
      {refresh.error !== null && <Fault error={refresh.error} />}
      {failed.map((each) => (
        <Fault key={each.account} error={each.fault} />
      ))}
      <Tabs
        label={say("window-providers")}
        parts={parts}
        chosen={part ?? "accounts"}
        choose={(id) => void navigate({ to: "/providers", search: id === "models" || id === "import" ? { part: id } : {}, replace: true })}
      />
    </>
  );
}
