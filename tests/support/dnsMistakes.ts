// What is wrong with `dns` of any edge whose records somebody has to write.

/** Such an edge's arguments in a word, and what is wrong in them. */
export const dnsMistakes: [string, { dns: object }][] = [
    ["nobody who writes the records", { dns: {} }],
    ["two who write them", { dns: { cloudflare: { zone: "example.com" }, manual: {} } }],
    ["a zone that doesn't hold the host", { dns: { cloudflare: { zone: "example.org" } } }],
    ["a field there isn't", { dns: { manual: { done: true } } }],
];
