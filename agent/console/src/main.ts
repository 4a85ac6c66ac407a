import { createPinia } from 'pinia'
import { createApp } from 'vue'
import 'element-plus/es/components/base/style/css'
import './style.css'
import App from './App.vue'

createApp(App).use(createPinia()).mount('#app')
