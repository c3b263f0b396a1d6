import { readTags } from '../html.ts'
import { defineContentCheck } from './define.ts'

export const images = defineContentCheck({
  name: 'images',
  summary: 'images have a text and their attachment',
  example: { content: { channel: 'mail', subject: 'x', text: 'x', html: '<img src="cid:logo">', attachments: [] } },
  check({ html = '', attachments = [] }) {
    const ids = new Set(attachments.map(({ contentId }) => contentId))
    return readTags(html)
      .filter(({ name }) => name === 'img')
      .flatMap(({ attributes: { src = '', alt } }) => {
        const label = JSON.stringify(src.slice(0, 60))
        const lacks = src.startsWith('cid:') && !ids.has(src.slice(4))
        return [
          ...(alt === undefined ? [`image ${label} has no alt`] : []),
          ...(lacks ? [`image ${label} has no attachment`] : []),
        ]
      })
  },
})
