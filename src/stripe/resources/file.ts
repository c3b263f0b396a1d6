import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { checkFile, contentsOf, keepContents, typeOf } from '../file/contents.ts'
import { openLink } from '../file/link.ts'
import { type FilePart, isFilePart } from '../protocol/form.ts'

/** Uploaded files, read back from `url` with a key: docs.stripe.com/file-upload. */
export const files = defineResource({
  object: 'file',

  create(ctx) {
    const { id, params } = ctx
    const file = params.file as unknown
    if (!isFilePart(file)) throw stripeError(400, 'parameter_missing', 'Missing required param: file.', 'file')
    const part: FilePart = file
    checkFile(part, params.purpose)
    keepContents(ctx.account, id, part)
    const stored = ctx.save({
      expires_at: null,
      filename: part.filename,
      links: { object: 'list', data: [], has_more: false, url: `/v1/file_links?file=${id}` },
      purpose: params.purpose,
      size: part.data.length,
      title: null,
      type: typeOf(part),
      url: ctx.url(`/v1/files/${id}/contents`),
    })
    const { file_link_data: wanted } = params
    if (!wanted?.create) return stored
    const link = openLink(ctx, id, wanted.expires_at, (wanted.metadata as Record<string, string> | undefined) ?? {})
    return { links: { object: 'list', data: [link], has_more: false, url: `/v1/file_links?file=${id}` } }
  },

  operations: {
    'GET /v1/files/{id}/contents'(ctx) {
      const { id } = ctx.tables.file.need(ctx.path.id)
      const contents = contentsOf(ctx.account, id)
      if (contents) return contents
      throw stripeError(404, 'resource_missing', `No such file upload: '${id}'`, 'file')
    },
  },
})
