// Shows the documents that this server serves, one at a time: the API's name stands in the query, so that a page can be
// reloaded and passed on.
"use strict";

(async () => {
  const chooser = document.getElementById("api");
  const trouble = document.getElementById("trouble");
  try {
    const answer = await fetch("../apis");
    if (!answer.ok) throw new Error(`../apis: ${answer.status} ${await answer.text()}`);
    const documents = (await answer.json()).apis.map((api) => ({
      name: api.name, title: api.title, url: `../apis/${encodeURIComponent(api.name)}/openapi.json`,
    }));
    documents.push({ name: "__admin", title: "this server: the control plane", url: "../openapi.json" });
    for (const one of documents) {
      chooser.add(new Option(`${one.name === "__admin" ? "" : one.name + ": "}${one.title}`, one.name));
    }
    const wanted = new URLSearchParams(location.search).get("api");
    const chosen = documents.find((one) => one.name === wanted) ?? documents[0];
    chooser.value = chosen.name;
    chooser.addEventListener("change", () => {
      location.search = new URLSearchParams({ api: chooser.value });
    });
    SwaggerUIBundle({
      url: chosen.url, dom_id: "#document", validatorUrl: null, queryConfigEnabled: false,
      filter: true, displayOperationId: true, displayRequestDuration: true, tryItOutEnabled: true,
    });
  } catch (error) {
    trouble.textContent = `The explorer cannot be shown: ${error.message}`;
    trouble.hidden = false;
  }
})();
