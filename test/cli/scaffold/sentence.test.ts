import t from 'tap'
import { fileStemOf, readSentence } from '../../../src/cli/scaffold/sentence.js'

t.test('`replaces` names the fields after and before', async (t) => {
  t.same(readSentence('full_name replaces first_name and last_name'), { kind: 'replace', after: ['full_name'], before: ['first_name', 'last_name'] })
  t.same(readSentence('`total`, `currency` replace `amount`.'), { kind: 'replace', after: ['total', 'currency'], before: ['amount'] })
  t.same(readSentence('name replaces first, middle, and last'), { kind: 'replace', after: ['name'], before: ['first', 'middle', 'last'] })
})

t.test('`is now`, `becomes` and an arrow are a rename', async (t) => {
  for (const words of ['is now', 'is now called', 'becomes', 'is renamed to', '→', '->']) {
    t.same(readSentence(`\`created\` ${words} created_at`), { kind: 'rename', from: 'created', to: 'created_at' }, words)
  }
})

t.test('any other description is kept as it is', async (t) => {
  t.same(readSentence('The list of users is paged'), { kind: 'unknown' })
  t.same(readSentence('full_name replaces …'), { kind: 'unknown' })
})

t.test('the file is named after the new fields, else after the words', async (t) => {
  const stemOf = (description: string): string => fileStemOf(description, readSentence(description))
  t.equal(stemOf('full_name replaces first_name and last_name'), 'full-name')
  t.equal(stemOf('created becomes createdAt'), 'createdat')
  t.equal(stemOf('  The list of users is paged!'), 'the-list-of-users-is-paged')
  t.equal(stemOf('…'), 'change')
  t.equal(stemOf('a description that goes on for much longer than a file name ought to'), 'a-description-that-goes-on-for-much-longer-than')
})
