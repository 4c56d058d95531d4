// "CDN and SparkPost": what their APIs say of the host, where the environment holds a key or a token for them.
import type { Look } from "./world";

export const lookAtAccounts: Look = async () => [];
