// explore.mjs PLAN: opens the explorer in headless Chromium and does what a person would: reads the operations of each API,
// authorizes, and tries one out. PLAN is JSON:
//
//   explorer     URL of the explorer
//   apis         {name: [operation ids]} that must be shown
//   try          {api, operation, scheme, value, refused, shown}: without the value of the scheme the call must be refused
//                with a status, with it the answer must hold a text
//
// Ends with 1 and says why if anything is not so, if the page asks for anything outside its origin, or breaks its policy.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const plan = JSON.parse(process.argv[2]);
const origin = new URL(plan.explorer).origin;
const profile = await mkdtemp(join(tmpdir(), "explorer-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const trouble = [], asked = [];
try {
  context.setDefaultTimeout(60_000);
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol === "data:" || url.protocol === "blob:") return;
    asked.push(`${request.method()} ${url}`);
    if (url.origin !== origin) trouble.push(`left the origin: ${url}`);
  });
  await context.addInitScript(() => addEventListener("securitypolicyviolation",
    (event) => console.error(`policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`)));
  const page = context.pages()[0] ?? await context.newPage();
  page.on("pageerror", (error) => trouble.push(`page: ${error}`));
  page.on("console", (message) => {
    // A refused call is logged by the browser itself.
    if (message.type() === "error" && !/status of \d+/.test(message.text())) trouble.push(`console: ${message.text()}`);
  });
  page.on("websocket", (socket) => trouble.push(`socket: ${socket.url()}`));

  await page.goto(plan.explorer);
  for (const [api, operations] of Object.entries(plan.apis)) {
    await choose(page, api);
    await page.locator(".opblock-summary-operation-id").first().waitFor();
    const shown = await page.locator(".opblock-summary-operation-id:not(.webhooks *)").allInnerTexts();
    assert.deepEqual([...new Set(shown.map(bare))].sort(), [...operations].sort(), `operations of ${api}`);
  }

  await choose(page, plan.try.api);
  const block = page.locator(".opblock", { has: page.locator(`.opblock-summary-operation-id:text-is("${plan.try.operation}")`) });
  await block.locator(".opblock-summary-control").click();
  await execute(block);
  const refused = block.locator(".live-responses-table .response-col_status").last();
  assert.match(await refused.innerText(), new RegExp(`^${plan.try.refused}`), "without a credential");

  await page.locator(".auth-wrapper .authorize").first().click();
  const scheme = page.locator(".auth-container", { has: page.locator(`code:text-is("${plan.try.scheme}")`) });
  await scheme.locator("input").first().fill(plan.try.value);
  await scheme.locator("button.authorize").click();
  await page.locator(".auth-container .btn-done").first().click();
  await execute(block);
  await block.locator(".live-responses-table .response-col_description", { hasText: plan.try.shown }).waitFor();
  assert.match(await refused.innerText(), /^200/, "with a credential");

  assert.deepEqual(trouble, []);
  console.log(`${asked.length} requests, all to ${origin}`);
} catch (error) {
  console.error(error, trouble, asked);
  process.exitCode = 1;
} finally {
  await context.close();
  await rm(profile, { recursive: true, force: true });
}

// choose selects an API as a person does, and waits for its page.
async function choose(page, api) {
  const chooser = page.locator("#api");
  await chooser.locator(`option[value="${api}"]`).waitFor({ state: "attached" });
  if (await chooser.inputValue() !== api) {
    await Promise.all([page.waitForURL(`**/explorer/?api=${api}`), chooser.selectOption(api)]);
  }
  await page.locator(".information-container .title").waitFor();
  assert.equal(await page.locator("#api").inputValue(), api);
}

async function execute(block) {
  const answered = block.page().waitForResponse((response) => !new URL(response.url()).pathname.includes("/__admin/"));
  await block.locator("button.execute").click();
  await answered;
  await block.locator(".live-responses-table").waitFor();
}

// bare is an operation id without the characters that let a browser break the line.
function bare(text) { return text.replace(/[\u200b\u00ad\s]/g, ""); }
