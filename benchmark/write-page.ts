import { writePage } from './harness/page.js'

// Writes docs/reference/performance.md anew from benchmark/results/*.json, after an edit of its text.
await writePage()
