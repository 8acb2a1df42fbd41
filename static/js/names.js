// The page of a draw: names are opened here, by key files of the centre and the supervisor (docs/spec/draw.md §7).
import { mountNames } from "../vendor/calling.js";

mountNames(document.querySelector("#main"));
