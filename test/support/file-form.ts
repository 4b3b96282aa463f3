// A file as a browser's form sends it.

/** Payload and headers of a multipart/form-data request with one file. */
export async function fileForm(
  content: string | Uint8Array<ArrayBuffer>,
  { name = 'nota.txt', type = 'text/plain' } = {},
) {
  const form = new FormData()
  form.append('file', new Blob([content], { type }), name)
  const encoded = new Response(form)
  return {
    payload: Buffer.from(await encoded.arrayBuffer()),
    headers: { 'content-type': encoded.headers.get('content-type')! },
  }
}
