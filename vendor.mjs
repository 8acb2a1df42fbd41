// Builds static/vendor and writes static/vendor/vendor.json, which a test checks: files of npm packages as they are,
// and the sealing program as one bundle. Built twice and compared, so that anybody who builds it gets the same bytes.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const TARGET = "static/vendor";
const SOURCES = "static/js";
/** Chrome 109 is the last on Windows 7; older ones have no `File` streams worth the name. */
const BROWSERS = ["chrome109", "edge109", "firefox115", "safari16.4"];
const COPIED = [{ package: "bootstrap", from: "dist/css/bootstrap.min.css", to: "bootstrap.min.css" }];
const BUNDLED = ["@noble/ciphers", "@noble/curves", "@noble/hashes", "@scure/base", "hash-wasm"];

const { name, version, license } = JSON.parse(readFileSync("package.json", "utf8"));
const own = { name, version, license };

const sha256 = (data) => createHash("sha256").update(data).digest("hex");
const manifestOf = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));

function copied({ package: home, from, to }) {
  const { name, version, license } = manifestOf(home);
  // The source map is not shipped, so that its address would only be asked for in vain.
  const text = readFileSync(`node_modules/${home}/${from}`, "utf8").replace(/\n?\/\*# sourceMappingURL=.*?\*\/\s*$/, "\n");
  writeFileSync(`${TARGET}/${to}`, text);
  return { file: to, name, version, license, sha256: sha256(text) };
}

async function bundle(entry) {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: BROWSERS,
    minify: true,
    charset: "utf8",
    legalComments: "inline",
    logLevel: "warning",
  });
  return { text: outputFiles[0].text, inputs: Object.keys(metafile.inputs).sort() };
}

async function bundled(entry, to) {
  const [first, second] = [await bundle(entry), await bundle(entry)];
  if (first.text !== second.text) throw new Error(`${to}: two builds differ`);
  writeFileSync(`${TARGET}/${to}`, first.text);
  const sources = first.inputs.filter((path) => path.startsWith(`${SOURCES}/`));
  return {
    file: to,
    ...own,
    sha256: sha256(first.text),
    built_with: `esbuild ${manifestOf("esbuild").version}`,
    packages: BUNDLED.map((home) => {
      const { name, version, license } = manifestOf(home);
      return { name, version, license };
    }),
    sources: Object.fromEntries(sources.map((path) => [path, sha256(readFileSync(path))])),
  };
}

mkdirSync(TARGET, { recursive: true });
const listed = [...COPIED.map(copied), await bundled(`${SOURCES}/bidseal.js`, "bidseal.js")];
writeFileSync(`${TARGET}/vendor.json`, `${JSON.stringify(listed, null, 2)}\n`);
