// Builds static/vendor and writes static/vendor/vendor.json, which a test checks: files of npm packages as they are,
// the programs of the browser as one bundle each, and the pages for use without a network. Built twice and compared, so that anybody who
// builds them gets the same bytes.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { build, transform } from "esbuild";

const TARGET = "static/vendor";
const SOURCES = "static/js";
/** Chrome 109 is the last on Windows 7; older ones have no `File` streams worth the name. */
const BROWSERS = ["chrome109", "edge109", "firefox115", "safari16.4"];
const COPIED = [{ package: "bootstrap", from: "dist/css/bootstrap.min.css", to: "bootstrap.min.css" }];
const BUNDLED = ["@noble/ciphers", "@noble/curves", "@noble/hashes", "@scure/base", "hash-wasm"];
const OF_OPENINGS = ["@noble/ciphers", "@noble/curves", "@noble/hashes", "@scure/base"];
/** Of `age-encryption` only what speaks to passkeys. */
const OF_TRUSTEES = ["@noble/ciphers", "@noble/curves", "@noble/hashes", "@scure/base", "age-encryption", "qr"];
const OF_CALLING = ["@noble/ciphers", "@noble/curves", "@noble/hashes", "@scure/base", "age-encryption"];

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

const esbuild = (options) =>
  build({
    bundle: true,
    write: false,
    metafile: true,
    platform: "browser",
    target: BROWSERS,
    minify: true,
    charset: "utf8",
    logLevel: "warning",
    ...options,
  });

const hashed = (paths) => Object.fromEntries(paths.sort().map((path) => [path, sha256(readFileSync(path))]));
const sourcesOf = (metafile) => Object.keys(metafile.inputs).filter((path) => path.startsWith(`${SOURCES}/`));

/** A program as one module, for pages and for their workers: the one that seals, and the one that checks openings. */
async function program(name) {
  const { outputFiles, metafile } = await esbuild({
    entryPoints: [`${SOURCES}/${name}.js`],
    format: "esm",
    legalComments: "inline",
  });
  // The offline page takes these two away to run the same text as a classic worker.
  if (!/export\{[^}]*\};\s*$/.test(outputFiles[0].text)) throw new Error("the exports do not stand at the end");
  return { file: `${name}.js`, text: once(outputFiles[0].text), sources: hashed(sourcesOf(metafile)) };
}

/** A licence that several files of a package repeat is said where it stands first: every byte counts on a slow line. */
function once(text) {
  const said = new Set();
  return text.replace(/\/\*! .*? \*\/\n?/g, (licence) => (said.has(licence) ? "" : said.add(licence) && licence));
}

/** The page for those who would rather not trust a served one: the same program, inlined as it is. */
async function offline(bundle) {
  const { script, sources } = await scriptOf("offline", { BUNDLE_SHA256: JSON.stringify(sha256(bundle)) });
  const css = ["tokens", "offline"];
  const policy = (allowed) => [`script-src ${allowed} blob: 'wasm-unsafe-eval'`, "trusted-types bidseal"];
  return page("offline", { script, bundle }, css, policy, sources);
}

/** The trustees' page: a program of its own, which its workers run as well. */
async function trustee() {
  const { script, sources } = await scriptOf("trustee");
  return page("trustee", { script }, ["tokens", "offline", "trustee"], (allowed) => [`script-src ${allowed}`, "trusted-types trustee"], sources);
}

/** The page for those who would rather check an opening without a network. */
async function verify() {
  const { script, sources } = await scriptOf("verify");
  return page("verify", { script }, ["tokens", "offline"], (allowed) => [`script-src ${allowed}`, "trusted-types openings draws"], sources);
}

/** The page that replays a draw for everybody, checked first. */
async function replay() {
  const { script, sources } = await scriptOf("replay");
  return page("replay", { script }, ["tokens", "offline", "replay"], (allowed) => [`script-src ${allowed}`, "trusted-types draws"], sources);
}

async function scriptOf(folder, define = {}) {
  const entryPoints = [`${SOURCES}/${folder}/main.js`];
  const { outputFiles, metafile } = await esbuild({ entryPoints, format: "iife", define });
  return { script: outputFiles[0].text, sources: sourcesOf(metafile) };
}

/** One HTML file around its scripts, which may load nothing and speak to nobody. */
async function page(folder, scripts, css, policyOf, sources) {
  const [shell, styles] = [`${SOURCES}/${folder}/page.html`, css.map((name) => `static/css/${name}.css`)];
  const style = (await Promise.all(styles.map((path) => transform(readFileSync(path, "utf8"), { loader: "css", minify: true, target: BROWSERS }))))
    .map(({ code }) => code)
    .join("");
  for (const text of Object.values(scripts)) if (/<\/script|<!--/i.test(text)) throw new Error("a script that would end its element");
  const allowed = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const policy = [
    "default-src 'none'",
    ...policyOf(allowed(scripts.script)),
    `style-src ${allowed(style)}`,
    "worker-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
  const parts = { policy, style, ...scripts };
  const text = readFileSync(shell, "utf8").replace(/{{(\w+)}}/g, (_, name) => parts[name]);
  return { file: `${folder}.html`, text, sources: hashed([shell, ...styles, ...sources]) };
}

async function built() {
  const bundle = await program("bidseal");
  return [
    bundle,
    await offline(bundle.text),
    { ...(await trustee()), packages: OF_TRUSTEES },
    { ...(await program("openings")), packages: OF_OPENINGS },
    { ...(await program("draws")), packages: OF_OPENINGS },
    { ...(await verify()), packages: OF_OPENINGS },
    { ...(await replay()), packages: OF_OPENINGS },
    { ...(await program("calling")), packages: OF_CALLING },
  ];
}

const described = (home) => {
  const { name, version, license } = manifestOf(home);
  return { name, version, license };
};

mkdirSync(TARGET, { recursive: true });
const [first, second] = [await built(), await built()];
for (const [place, { file, text }] of first.entries()) {
  if (text !== second[place].text) throw new Error(`${file}: two builds differ`);
  writeFileSync(`${TARGET}/${file}`, text);
}
const listed = [
  ...COPIED.map(copied),
  ...first.map(({ file, text, sources, packages = BUNDLED }) => ({
    file,
    ...own,
    sha256: sha256(text),
    built_with: `esbuild ${manifestOf("esbuild").version}`,
    packages: packages.map(described),
    sources,
  })),
];
writeFileSync(`${TARGET}/vendor.json`, `${JSON.stringify(listed, null, 2)}\n`);
