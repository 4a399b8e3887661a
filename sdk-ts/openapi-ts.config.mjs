// Called by `make contracts`: INPUT is the document as the generators see it, OUTPUT the folder to write.
export default {
  input: process.env.INPUT,
  output: { path: process.env.OUTPUT, tsConfigPath: './tsconfig.json', module: { extension: '.js' } },
  plugins: [
    { name: '@hey-api/typescript' },
    { name: '@hey-api/client-fetch' },
    { name: '@hey-api/sdk', operations: { strategy: 'flat' } },
  ],
  logs: { level: 'error', file: false },
  parser: { validate_EXPERIMENTAL: false },
}
