export { default } from 'vitepress/theme'
import './access.css'
