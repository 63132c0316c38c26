// Swagger UI over this program's own document. Requests can be tried once a client key was given that
// is good; the key stays in the page.
const words = navigator.language.startsWith("zh")
  ? { key: "客户端密钥", use: "使用", none: "先输入客户端密钥，才能在此页面发送请求。", wrong: "这个密钥不可用。", good: "密钥可用，现在可以发送请求。" }
  : {
      key: "Client key",
      use: "Use",
      none: "Give a client key to send requests from this page.",
      wrong: "This key is not accepted.",
      good: "The key is good: requests can be sent.",
    };

const show = (key) =>
  globalThis.SwaggerUIBundle({
    url: "/openapi.json",
    domNode: document.getElementById("pages"),
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    docExpansion: "list",
    validatorUrl: null,
    supportedSubmitMethods: key ? ["get", "post"] : [],
    requestInterceptor: (request) => {
      if (key && !request.loadSpec) request.headers.Authorization = `Bearer ${key}`;
      return request;
    },
  });

const form = document.getElementById("key");
const [label, field, button, told] = ["label", "input", "button", "output"].map((name) => form.querySelector(name));
label.prepend(`${words.key} `);
button.textContent = words.use;
told.textContent = words.none;
form.hidden = false;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const key = field.value.trim();
  const fields = { authorization: `Bearer ${key}` };
  const answer = key && (await fetch("/v1/models", { headers: fields }).catch(() => undefined));
  told.textContent = answer?.ok ? words.good : words.wrong;
  show(answer?.ok ? key : undefined);
});
show();
