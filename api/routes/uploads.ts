// Files that people are about to send: streamed into the storage, then named by a message.
import { callerOf, EVERYBODY } from '../auth.ts'
import type { App, Deps } from '../context.ts'
import { acceptFiles, FileBody, storeUpload, streamedBody, Upload } from '../receive-file.ts'
import { AccountParams, replies } from '../schemas.ts'

export async function uploadRoutes(app: App, deps: Deps): Promise<void> {
  await acceptFiles(app)

  app.post(
    '/uploads',
    {
      config: EVERYBODY,
      schema: {
        tags: ['messages'],
        summary: 'Upload a file for an answer',
        description: 'One file, as multipart/form-data. Uploading it twice is harmless.',
        params: AccountParams,
        consumes: ['multipart/form-data'],
        body: FileBody,
        response: replies(201, Upload),
      },
      validatorCompiler: streamedBody,
    },
    async (request, reply) => {
      const caller = callerOf(request)
      const owner = { accountId: caller.accountId, owner: `user/${caller.userId}` as const }
      const limitBytes = deps.config.outgoingFilesBytes
      const upload = await storeUpload(deps, request, reply, owner, limitBytes)
      return reply.code(201).send(upload)
    },
  )
}
