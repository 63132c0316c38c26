// Authorization servers that others wrote, each on a free port, and an upstream that takes their tokens alone.
import { createServer } from "node:http";
import { OAuth2Server } from "oauth2-mock-server";
import Provider from "oidc-provider";

export const CLIENT = "portolan-tests";

async function listening(server) {
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${server.address().port}`;
}

/** `oidc-provider`: public client, PKCE required, refresh tokens good for one time, device codes, revocation. */
export async function oidc({ accessSeconds = 3600, refreshSeconds = 3600 } = {}) {
  const server = createServer((request, answer) => handle(request, answer));
  const issuer = await listening(server);
  let handle;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT,
        application_type: "native",
        token_endpoint_auth_method: "none",
        redirect_uris: ["http://127.0.0.1/callback", "http://localhost/callback"],
        grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
      },
    ],
    features: { deviceFlow: { enabled: true }, revocation: { enabled: true } },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: () => true,
    ttl: { AccessToken: accessSeconds, RefreshToken: refreshSeconds, IdToken: 60, Grant: 3600, Session: 3600, Interaction: 600 },
  });
  const events = { granted: [], refused: [], revoked: 0, authorized: [] };
  provider.on("grant.success", (context) => events.granted.push(context.oidc.params.grant_type));
  provider.on("grant.error", (context, error) => events.refused.push(error.message));
  provider.on("grant.revoked", () => events.revoked++);
  provider.on("authorization.accepted", (context) => events.authorized.push({ ...context.oidc.params }));
  handle = provider.callback();
  return {
    issuer,
    events,
    refreshes: () => events.granted.filter((grant) => grant === "refresh_token").length,
    accepts: async (token) => (await provider.AccessToken.find(token)) !== undefined,
    forget: async (token) => (await provider.AccessToken.find(token))?.destroy(),
    stop: () => server.close(),
  };
}

/** `oauth2-mock-server`: answers at once, and can be told to answer wrongly. */
export async function mock() {
  const server = new OAuth2Server();
  await server.issuer.keys.generate("RS256");
  await server.start(0, "127.0.0.1");
  const issuer = `http://127.0.0.1:${server.address().port}`;
  server.issuer.url = issuer;
  return { issuer, service: server.service, accepts: async () => true, stop: () => server.stop() };
}

/** An upstream that asks the authorization server about each token that it is given. */
export async function upstream(accepts) {
  const tokens = [];
  const server = createServer(async (request, answer) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    tokens.push(token);
    const isGood = token !== "" && (await accepts(token));
    answer.writeHead(isGood ? 200 : 401, { "content-type": "application/json" });
    if (!isGood) return answer.end(JSON.stringify({ error: { message: "the token is not known", type: "invalid_request_error" } }));
    if (request.method === "GET") return answer.end(JSON.stringify({ object: "list", data: [{ id: "m", object: "model" }] }));
    const message = { role: "assistant", content: "hello" };
    answer.end(
      JSON.stringify({ id: "1", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, message, finish_reason: "stop" }] }),
    );
  });
  return { url: await listening(server), tokens, stop: () => server.close() };
}
