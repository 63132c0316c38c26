import { type ReactNode, useId, useState } from "react";
import { useAction, useMethod } from "../../api/client";
import type { Instance } from "../../api/contract";
import { Dialog } from "../../components/Dialog";
import { Fault } from "../../components/Fault";
import { useWords } from "../../l10n/words";

const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const LAST_PORT = 65_535;

function Row({ id, name, more, wrong, children }: { id: string; name: string; more: string; wrong: boolean; children: ReactNode }) {
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="font-medium">
        {name}
      </label>
      {children}
      <p id={`${id}-more`} className={wrong ? "fault text-small" : "text-small text-subtle"} role={wrong ? "alert" : undefined}>
        {more}
      </p>
    </div>
  );
}

/** A new instance, or one that is changed: name, port, keys and default model together. */
export function InstanceForm({ of, port, close }: { of: Instance | null; port: number; close: () => void }) {
  const say = useWords();
  const id = useId();
  const add = useAction("instances.add");
  const change = useAction("instances.change");
  const known = useMethod("keys.list", null).data ?? [];
  const models = useMethod("models.list", {}).data ?? [];
  const [name, setName] = useState(of?.name ?? "");
  const [typed, setTyped] = useState(String(of?.port ?? port));
  const [keys, setKeys] = useState<readonly string[]>(of?.keys ?? []);
  const [model, setModel] = useState(of?.default_model ?? "");
  const names = [...new Set([...known.filter((key) => key.origin !== "missing").map((key) => key.name), ...(of?.keys ?? [])])];
  const nameWrong = name.trim() !== "" && !NAME.test(name.trim());
  const portWrong = !/^\d+$/.test(typed.trim()) || Number(typed) > LAST_PORT;
  const pending = add.isPending || change.isPending;
  const error = add.error ?? change.error;

  function keep() {
    const given = { port: Number(typed), keys: [...keys], default_model: model.trim() };
    if (of === null) add.mutate({ name: name.trim(), ...given }, { onSuccess: close });
    else change.mutate({ name: of.name, new_name: name.trim(), ...given }, { onSuccess: close });
  }

  return (
    <Dialog
      open
      close={close}
      title={of === null ? say("instances-new") : say("instances-edit-title", { name: of.name })}
      foot={
        <>
          <button type="button" className="btn btn--bare ms-auto" onClick={close}>
            {say("instances-cancel")}
          </button>
          <button type="submit" form={id} className="btn btn--main" disabled={name.trim() === "" || nameWrong || portWrong || pending}>
            {of === null ? say("instances-add") : say("instances-keep")}
          </button>
        </>
      }
    >
      <form
        id={id}
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          keep();
        }}
      >
        <Row id={`${id}-name`} name={say("instances-name")} more={say("instances-name-more")} wrong={nameWrong}>
          <input
            id={`${id}-name`}
            className="field"
            aria-invalid={nameWrong}
            aria-describedby={`${id}-name-more`}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </Row>
        <Row id={`${id}-port`} name={say("instances-port")} more={say("instances-port-more")} wrong={portWrong}>
          <input
            id={`${id}-port`}
            className="field w-24"
            inputMode="numeric"
            aria-invalid={portWrong}
            aria-describedby={`${id}-port-more`}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Row>
        <fieldset className="grid gap-1">
          <legend className="font-medium">{say("instances-keys")}</legend>
          <div className="flex flex-wrap gap-x-5">
            {names.map((key) => (
              <label key={key} className="check">
                <input
                  type="checkbox"
                  checked={keys.includes(key)}
                  onChange={(event) => setKeys(event.target.checked ? [...keys, key] : keys.filter((other) => other !== key))}
                />
                {key}
              </label>
            ))}
          </div>
          <p className="text-small text-subtle">{say("instances-keys-more")}</p>
        </fieldset>
        <Row id={`${id}-model`} name={say("instances-model")} more={say("instances-model-more")} wrong={false}>
          <input
            id={`${id}-model`}
            className="field"
            list={`${id}-models`}
            placeholder={say("instances-model-none")}
            aria-describedby={`${id}-model-more`}
            value={model}
            onChange={(event) => setModel(event.target.value)}
          />
          <datalist id={`${id}-models`}>
            {[...new Set(models.map((one) => `${one.provider}/${one.id}`))].map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </Row>
        {error !== null && (
          <div role="alert">
            <Fault error={error} />
          </div>
        )}
      </form>
    </Dialog>
  );
}
