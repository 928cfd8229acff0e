// The site: the repository's Markdown as it is, in the order of docs/README.md.
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join, posix, relative, resolve } from 'node:path'
import { defineConfig } from 'vitepress'

const root = process.env.ITLSIM_ROOT // build sets it
const pages = resolve(import.meta.dirname, '../pages')
const contents = 'docs/README.md'

// groups are the headings of docs/README.md, each with the pages that it lists.
const groups = []
for (const line of readFileSync(join(root, contents), 'utf8').split('\n')) {
  const [, group] = /^## (.+)$/.exec(line) ?? []
  if (group) groups.push({ text: group, items: [] })
  const [, text, file] = /^- \[(.+?)\]\((\S+?\.md)\)/.exec(line) ?? []
  if (file) groups.at(-1).items.push({ text, file: posix.join('docs', file) })
}
const files = new Set(groups.flatMap((g) => g.items.map((i) => i.file)).concat(contents))
for (const file of readdirSync(join(root, 'docs'), { recursive: true })) {
  if (!file.endsWith('.md') || file.startsWith('site/')) continue
  if (!files.has('docs/' + file)) throw new Error(`${contents} does not list ${file}`)
}

// The pages are built from copies: what they import is found above them.
rmSync(pages, { recursive: true, force: true })
for (const file of [...files, 'docs/pictures']) {
  if (existsSync(join(root, file))) cpSync(join(root, file), join(pages, file), { recursive: true })
}

// page is where a Markdown file stands in the site, by its path in the repository.
const page = (file) =>
  file === contents ? 'contents.md' : file.replace(/^docs\//, '').replace(/(^|\/)README\.md$/, '$1index.md')
const address = (file) => '/' + page(file).replace(/index\.md$/, '').replace(/\.md$/, '.html')

// sources are the files that pages link to and that are no pages; they stand in the site as text.
const sources = new Map()

// target is where a link of a page leads in the site: '' where nowhere, undefined where it does not
// lead into the repository.
function target(from, href) {
  const [, path, anchor = ''] = /^([^#?]*)(#.*)?$/.exec(href) ?? []
  if (!path || /^[a-z]+:/.test(path)) return
  const file = posix.join(posix.dirname(from), decodeURI(path))
  if (files.has(file)) return address(file) + anchor
  if (!existsSync(join(root, file))) throw new Error(`${from} links to ${href}, which is not there`)
  if (statSync(join(root, file)).isDirectory()) return ''
  sources.set(file, `source/${file}.txt`)
  return '/' + sources.get(file)
}

// links has links lead to pages, or to the texts of other files. A folder has no page: there the
// words stay, without a link.
function links(md) {
  md.core.ruler.push('repository', ({ tokens, env }) => {
    const from = relative(pages, env.realPath ?? env.path) // the search has no realPath
    for (const inline of tokens.filter((t) => t.type === 'inline')) {
      let without = false
      inline.children = inline.children.filter((t) => {
        if (t.type === 'link_close') return !without
        if (t.type !== 'link_open') return true
        const to = target(from, t.attrGet('href'))
        without = to === ''
        if (to) t.attrSet('href', to)
        if (to?.startsWith('/source/')) t.attrSet('target', '_self') // it is no page of the router
        return !without
      })
    }
  })
}

// slug makes a heading's anchor as forges do, so that one link serves both.
const slug = (heading) =>
  heading.trim().toLowerCase().replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '').replace(/ /g, '-')

export default defineConfig({
  title: 'itlsim',
  description: 'Simulated Cisco IP phones lose their trust in a CUCM cluster, and get it back.',
  lang: 'en',
  srcDir: pages,
  rewrites: page,
  markdown: {
    anchor: { slugify: slug },
    config: links,
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  themeConfig: {
    sidebar: groups.map(({ text, items }) => ({
      text, items: items.map((i) => ({ text: i.text, link: address(i.file) })),
    })),
    nav: [{ text: 'All pages', link: address(contents) }],
    outline: [2, 3],
    search: { provider: 'local' },
  },
  buildEnd({ outDir }) {
    for (const [file, as] of sources) cpSync(join(root, file), join(outDir, as))
  },
})
