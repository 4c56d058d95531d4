// "Browser": what browsers make of links to the host before they ask it.
import type { Look } from "./world";

export const lookAtBrowser: Look = async () => [];
