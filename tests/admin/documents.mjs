// The pages that document the interface, and GraphiQL: from this program alone, and what they can do.
import assert from "node:assert/strict";
import { picture, visitor as anybody } from "./browser.mjs";

/** These pages are made of more than a megabyte of program, which a busy machine takes its time to read. */
async function visitor(browser, options) {
  const page = await anybody(browser, options);
  page.setDefaultTimeout(60_000);
  return page;
}

/** Every address that a page asks for. */
function watched(page) {
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  return asked;
}

/** S-10: nobody else is asked, by no page. */
function here(asked, address) {
  const elsewhere = asked.filter((url) => !/^(data|blob):/.test(url) && new URL(url).origin !== new URL(address).origin);
  assert.deepEqual(elsewhere, []);
  assert.ok(asked.length > 2);
}

export const documents = (address, signedIn) => ({
  async "s10 Swagger UI is from here, and sends nothing without a key"(browser) {
    const page = await visitor(browser, { colorScheme: "light", viewport: { width: 1280, height: 900 } });
    const asked = watched(page);
    await page.goto(`${address}/docs`);
    await page.getByText("/v1/chat/completions").first().waitFor();
    await page.getByText("/admin/api/status.get").first().waitFor();
    await picture(page, "swagger");
    await page.getByText("/v1/models", { exact: true }).first().click();
    await page.getByText("The models that can be asked for.").first().waitFor();
    assert.equal(await page.getByRole("button", { name: "Try it out" }).count(), 0);
    await page.locator("#key input").fill("pk-wrong");
    await page.locator("#key button").click();
    await page.getByText("This key is not accepted.").waitFor();
    assert.equal(await page.getByRole("button", { name: "Try it out" }).count(), 0);
    await page.locator("#key input").fill("key-of-the-tests");
    await page.locator("#key button").click();
    await page.getByText("The key is good").waitFor();
    // The page's address has the entry that is open, so it is open again.
    await page.getByRole("button", { name: "Try it out" }).click();
    await page.getByRole("button", { name: "Execute" }).click();
    await page.locator(".live-responses-table .response-col_status", { hasText: "200" }).first().waitFor();
    await picture(page, "swagger-tried");
    here(asked, address);
    await page.context().close();
    const chinese = await visitor(browser, { locale: "zh-CN" });
    await chinese.goto(`${address}/docs`);
    await chinese.getByText("客户端密钥").first().waitFor();
    await chinese.context().close();
  },
  async "s10 ReDoc is from here"(browser) {
    const page = await visitor(browser, { colorScheme: "light", viewport: { width: 1280, height: 900 } });
    const asked = watched(page);
    await page.goto(`${address}/redoc`);
    await page.getByRole("heading", { name: /Portolan/ }).first().waitFor();
    await page.getByText("A chat in the words of Anthropic's messages.").first().waitFor({ state: "attached" });
    await page.getByRole("searchbox").or(page.locator("input[type=text]")).first().fill("transcriptions");
    await page.locator("[role=search]").getByText("What is said in a recording.").first().waitFor();
    await picture(page, "redoc");
    here(asked, address);
    await page.context().close();
  },
  async "s51 GraphiQL is for whoever is signed in, and reads the schema"(browser) {
    const stranger = await visitor(browser);
    await stranger.goto(`${address}/admin/graphiql`);
    assert.equal(new URL(stranger.url()).pathname, "/admin/");
    const file = await fetch(`${address}/admin/graphiql/graphiql-bundle.js`, { redirect: "manual" });
    assert.equal(file.status, 303);
    await stranger.context().close();
    const page = await signedIn().context().newPage();
    page.setDefaultTimeout(60_000);
    const asked = watched(page);
    const errors = [];
    page.on("pageerror", (error) => errors.push(`${error}`));
    await page.goto(`${address}/admin/graphiql`);
    await page.getByRole("button", { name: /Execute query/ }).click();
    await page.locator(".result-window").getByText(/Ahoy/).waitFor();
    await page.getByRole("button", { name: /Documentation Explorer/ }).click();
    await page.locator("a.graphiql-doc-explorer-type-name", { hasText: "Mutation" }).click();
    await page.locator("a.graphiql-doc-explorer-field-name", { hasText: "getAIResponse" }).waitFor();
    await picture(page, "graphiql");
    here(asked, address);
    assert.deepEqual(errors, []);
    await page.close();
  },
});
