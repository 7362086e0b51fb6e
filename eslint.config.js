import neostandard from 'neostandard'

export default neostandard({
  ts: true,
  ignores: ['dist/', '.tap/', '.vintage/', 'node_modules/']
})
