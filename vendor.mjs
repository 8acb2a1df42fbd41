// Copies the vendored files out of node_modules and writes static/vendor/vendor.json, which a test checks.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync, mkdirSync } from "node:fs";

const TARGET = "static/vendor";
const FILES = [{ package: "bootstrap", from: "dist/css/bootstrap.min.css", to: "bootstrap.min.css" }];

mkdirSync(TARGET, { recursive: true });
const listed = FILES.map((file) => {
  const home = `node_modules/${file.package}`;
  const { name, version, license } = JSON.parse(readFileSync(`${home}/package.json`, "utf8"));
  // The source map is not shipped, so that its address would only be asked for in vain.
  const text = readFileSync(`${home}/${file.from}`, "utf8").replace(/\n?\/\*# sourceMappingURL=.*?\*\/\s*$/, "\n");
  writeFileSync(`${TARGET}/${file.to}`, text);
  return { file: file.to, name, version, license, sha256: createHash("sha256").update(text).digest("hex") };
});
writeFileSync(`${TARGET}/vendor.json`, `${JSON.stringify(listed, null, 2)}\n`);
