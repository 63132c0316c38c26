import { QueryClient, QueryClientProvider, useMutation, useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useEffect, useState } from "react";
import type { Host } from "../host/host";
import type { Methods } from "./contract";

const HostContext = createContext<Host | null>(null);

/** Gives the page its host, and asks anew for what the host says has changed. */
export function ApiProvider({ host, children }: { host: Host; children: ReactNode }) {
  const [client] = useState(
    () => new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 60_000, refetchOnMount: "always" } } }),
  );
  useEffect(
    () =>
      host.listen((topic) => {
        void client.invalidateQueries({ queryKey: [topic] });
        // The state of the whole tells of everything.
        void client.invalidateQueries({ queryKey: ["status"] });
      }),
    [client, host],
  );
  return (
    <HostContext value={host}>
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </HostContext>
  );
}

export function useHost(): Host {
  const host = use(HostContext);
  if (host === null) throw new Error("ApiProvider is missing");
  return host;
}

/** Opens a web page outside of the window. */
export function useOpen(): (address: string) => void {
  const host = useHost();
  return (address) => {
    if (host.openExternal) host.openExternal(address);
    else window.open(address, "_blank", "noopener,noreferrer");
  };
}

/** Asks a method, again whenever its namespace has changed, and every so many milliseconds. */
export function useMethod<M extends keyof Methods>(method: M, params: Methods[M][0], every?: number, on = true) {
  const host = useHost();
  const topic = method.split(".")[0] ?? method;
  return useQuery({
    queryKey: [topic, method, params],
    queryFn: () => host.call(method, params),
    refetchInterval: every ?? false,
    enabled: on,
  });
}

/** A method that does something when it is told to. */
export function useAction<M extends keyof Methods>(method: M) {
  const host = useHost();
  return useMutation({ mutationFn: (params: Methods[M][0]) => host.call(method, params) });
}
