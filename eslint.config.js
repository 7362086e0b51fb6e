import neostandard from 'neostandard'

export default [
  ...neostandard({
    ts: true,
    ignores: ['dist/', 'dist.*/', '.tap/', '.vintage/', 'node_modules/']
  }),
  {
    rules: {
      // Fields of the API and columns are written in snake_case.
      camelcase: 'off',
      // TypeBox's way to name a schema and its type alike; the compiler finds real redeclarations.
      '@typescript-eslint/no-redeclare': 'off'
    }
  }
]
