// GraphiQL for whoever is signed in to the web admin: each query repeats the session's secret.
const { React, ReactDOM, GraphiQL } = globalThis;

async function ask(query) {
  const session = await (await fetch("/admin/api/session")).json();
  if (!session.signed_in) {
    location.assign("/admin/");
    return {};
  }
  const fields = { "content-type": "application/json", "x-portolan-csrf": session.csrf };
  const answer = await fetch("/admin/api/graphql", { method: "POST", headers: fields, body: JSON.stringify(query) });
  return answer.json();
}

const first = `# Portolan: chat, pictures and stored conversations.
mutation {
  getAIResponse(input: { model: "demo", messages: [{ role: "user", content: "Ahoy" }] }) {
    content
    success
    error
  }
}
`;
const page = React.createElement(GraphiQL, { fetcher: ask, defaultQuery: first });
ReactDOM.createRoot(document.getElementById("pages")).render(page);
