// The API documentation: reads the OpenAPI document of this server and lets one try each operation. Nothing is loaded
// from elsewhere, and the token stays in this page.
"use strict";

const made = (name, attributes = {}, ...children) => {
  const element = Object.assign(document.createElement(name), attributes);
  element.append(...children);
  return element;
};

const plain = (text) => (text || "").replaceAll("``", "`");

function resolved(schema, spec, depth = 0) {
  if (!schema || depth > 4) return schema;
  if (schema.$ref) return resolved(spec.components.schemas[schema.$ref.split("/").pop()], spec, depth + 1);
  return schema;
}

function example(schema, spec, depth = 0) {
  const found = resolved(schema, spec);
  if (!found || depth > 5) return null;
  if (found.const !== undefined) return found.const;
  if (found.enum) return found.enum[0];
  if (found.anyOf) return example(found.anyOf[0], spec, depth + 1);
  if (found.type === "array") return [example(found.items || {}, spec, depth + 1)].filter((one) => one !== null);
  if (found.type === "object") {
    const names = (found.required || []).filter((name) => found.properties && found.properties[name]);
    return Object.fromEntries(names.map((name) => [name, example(found.properties[name], spec, depth + 1)]));
  }
  return { string: "", integer: 0, number: 0, boolean: false }[found.type] ?? null;
}

function shown(path, method, operation, spec) {
  const fields = new Map();
  const rows = operation.parameters.map((one) => {
    const input = made("input", { type: "text", placeholder: one.required ? "required" : "", ariaLabel: one.name });
    fields.set(one, input);
    return made("tr", {}, made("td", {}, made("code", {}, one.name)), made("td", {}, one.in),
      made("td", {}, plain(one.description) || (one.schema.type ?? "")), made("td", {}, input));
  });
  const content = operation.requestBody?.content["application/json"];
  const body = content && made("textarea", { rows: 8, ariaLabel: "body", spellcheck: false,
    value: JSON.stringify(example(content.schema, spec), null, 2) });
  const answer = made("pre", { hidden: true, tabIndex: 0, ariaLive: "polite" });
  const send = made("button", { type: "button", onclick: () => asked(path, method, fields, body, answer) }, "Send");
  const all = content ? [made("h3", {}, "Body"), body,
    made("details", {}, made("summary", {}, "Schema"), made("pre", { tabIndex: 0 }, JSON.stringify(resolved(content.schema, spec), null, 2)))] : [];
  const failures = Object.keys(operation.responses).join(", ");
  return made("details", { id: operation.operationId },
    made("summary", {}, made("span", { className: "method" }, method.toUpperCase()), made("code", {}, path), ` ${operation.summary}`),
    made("p", {}, plain(operation.description)),
    made("p", {}, `Scope: ${operation["x-scope"] || "none"}. Answers: ${failures}.`,
      operation["x-plugin"] ? ` From the plugin ${operation["x-plugin"]}.` : ""),
    rows.length ? made("table", {}, ...rows) : "", ...all, send, answer);
}

async function asked(path, method, fields, body, answer) {
  const headers = {}, query = new URLSearchParams();
  let where = path;
  for (const [one, input] of fields) {
    if (one.in === "path") where = where.replace(`{${one.name}}`, encodeURIComponent(input.value));
    else if (input.value && one.in === "query") query.append(one.name, input.value);
    else if (input.value) headers[one.name] = input.value;
  }
  const token = document.getElementById("token").value.trim();
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  answer.hidden = false;
  answer.textContent = "...";
  try {
    const came = await fetch(where + (query.size ? `?${query}` : ""), { method: method.toUpperCase(), headers, body: body?.value });
    answer.textContent = `${came.status} ${came.statusText}\n`;
    if ((came.headers.get("content-type") || "").startsWith("text/event-stream")) {
      const reader = came.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) answer.textContent += part.value;
      return;
    }
    const text = await came.text();
    try { answer.textContent += JSON.stringify(JSON.parse(text), null, 2); } catch { answer.textContent += text; }
  } catch (problem) {
    answer.textContent = `no answer: ${problem.message}`;
  }
}

async function begin() {
  const spec = await (await fetch("/openapi.json")).json();
  const groups = new Map();
  for (const [path, methods] of Object.entries(spec.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const group = groups.get(operation.tags[0]) ?? [];
      groups.set(operation.tags[0], [...group, shown(path, method, operation, spec)]);
    }
  }
  const main = document.getElementById("operations");
  main.replaceChildren(...[...groups].sort().map(([tag, all]) => made("section", {}, made("h2", {}, tag), ...all)));
  document.getElementById("find").addEventListener("input", (event) => {
    const wanted = event.target.value.toLowerCase();
    for (const one of main.querySelectorAll("section > details")) {
      one.hidden = !one.textContent.toLowerCase().includes(wanted);
    }
  });
  if (location.hash) document.getElementById(location.hash.slice(1))?.setAttribute("open", "");
}

begin();
