// What is wrong with `dns` of any edge whose records somebody has to write.

/** Such an edge's arguments in a word, what is wrong in them, and what is said of it. */
export const dnsMistakes: [string, { dns: object }, RegExp][] = [
    ["nobody who writes the records", { dns: {} }, /dns: say who writes the records/],
    ["two who write them", { dns: { cloudflare: { zone: "example.com" }, manual: {} } }, /dns: say who writes/],
    [
        "a zone that doesn't hold the host",
        { dns: { cloudflare: { zone: "example.org" } } },
        /dns.cloudflare.zone \("example.org"\): track.example.com doesn't lie in it/,
    ],
    ["a field there isn't", { dns: { manual: { done: true } } }, /dns.manual.done: there is no such field/],
];
