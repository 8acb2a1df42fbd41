import { showArmed } from "./armed.js";

showArmed();
