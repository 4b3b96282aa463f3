// Where this checkout lies, whatever the working directory of the caller is.
import { join } from 'node:path'

export const repositoryDir = join(import.meta.dirname, '../..')
