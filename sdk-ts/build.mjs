// Builds dist/: modules for import and for require, and their types. Called by `npm run build` and before the tests.
import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const files = readdirSync('src', { recursive: true }).filter((name) => name.endsWith('.ts')).map((name) => join('src', name))

rmSync('dist', { recursive: true, force: true })
for (const [format, folder, type] of [['esm', 'dist/esm', 'module'], ['cjs', 'dist/cjs', 'commonjs']]) {
  await build({ entryPoints: files, format, outdir: folder, outbase: 'src', target: 'es2022', logLevel: 'warning' })
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ type, sideEffects: false })}\n`)
}
if (!process.argv.includes('--quick')) {
  const compiler = 'node_modules/typescript/bin/tsc'
  const args = [compiler, '-p', 'tsconfig.json', '--emitDeclarationOnly']
  const done = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (done.status) process.exit(done.status)
  cpSync('dist/esm', 'dist/cjs', { recursive: true, filter: (name) => !name.endsWith('.js') && !name.endsWith('.json') })
}
