// What the API tells, as tests take it.

// biome-ignore lint/suspicious/noExplicitAny: its shape is what the assertions check
export type Told = any
