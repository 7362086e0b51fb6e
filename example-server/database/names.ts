/** A name as people have them: parts may be empty, hold spaces, apostrophes, and letters of any alphabet. */
export interface Name {
  readonly first_name: string
  readonly last_name: string
}

const FIRST = [
  'Ada', 'Mary Ann', 'Grace', 'José', 'Zoë', 'Søren', 'Nguyễn', 'Ольга', '美咲', 'محمد', 'Ἑλένη', "D'Arcy", 'Jean-Luc', 'Ana  Maria', 'Li', 'Ifeoma', 'अनन्या', 'Ruth', 'Kwame', 'İlker'
]

const LAST = [
  'Lovelace', 'Smith', 'Hopper', "O'Brien", 'van der Berg', 'García Márquez', 'Kierkegaard', 'Văn An', 'Иванова', '佐藤', 'الفارسي', 'Παπαδοπούλου', 'St. John', 'de  la Cruz', '王', "N'Diaye", 'शर्मा', 'Lindqvist', 'Osei', 'Yılmaz', 'Müller-Lüdenscheidt'
]

/** The name of the nth user, the same in every run; one in ten bears a single word, one in fifty none that we know. */
export function nameOf (n: number): Name {
  if (n === 1) return { first_name: 'Ada', last_name: 'Lovelace' }
  if (n % 50 === 0) return { first_name: '', last_name: '' }
  const first_name = FIRST[n % FIRST.length] ?? ''
  if (n % 10 === 7) return { first_name, last_name: '' }
  return { first_name, last_name: LAST[Math.trunc(n / 3) % LAST.length] ?? '' }
}
