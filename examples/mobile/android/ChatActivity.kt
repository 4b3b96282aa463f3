// Cloud Chat in an Android app. The manifest gives the activity windowSoftInputMode="adjustResize"
// and the app the permission INTERNET.
package com.example.chat

import android.annotation.SuppressLint
import android.app.Activity
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import android.webkit.JavascriptInterface
import android.webkit.ValueCallback
import android.webkit.WebChromeClient
import android.webkit.WebResourceRequest
import android.webkit.WebView
import android.webkit.WebViewClient
import org.json.JSONObject

class ChatActivity : Activity() {
    private lateinit var view: WebView
    private var chosen: ValueCallback<Array<Uri>>? = null

    @SuppressLint("SetJavaScriptEnabled")
    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        // What the inbox's scripts panel shows as mobile_url.
        val address = Uri.parse(intent.getStringExtra("mobile_url"))
        view = WebView(this)
        view.settings.javaScriptEnabled = true
        view.settings.domStorageEnabled = true
        view.addJavascriptInterface(Bridge(), "CloudChat")
        view.webViewClient = object : WebViewClient() {
            override fun onPageFinished(page: WebView, url: String) = identify()

            override fun shouldOverrideUrlLoading(page: WebView, request: WebResourceRequest): Boolean {
                if (request.url.host == address.host) return false
                startActivity(Intent(Intent.ACTION_VIEW, request.url))
                return true
            }
        }
        view.webChromeClient = object : WebChromeClient() {
            override fun onShowFileChooser(
                page: WebView, callback: ValueCallback<Array<Uri>>, params: FileChooserParams,
            ): Boolean {
                chosen = callback
                startActivityForResult(params.createIntent(), FILES)
                return true
            }
        }
        setContentView(view)
        view.loadUrl(address.toString())
    }

    /** Of the signed-in user; the hash comes from your back end, anew each time. */
    private fun identify() {
        val id = intent.getStringExtra("user_id") ?: return
        val facts = JSONObject()
            .put("email", intent.getStringExtra("email"))
            .put("name", intent.getStringExtra("name"))
            .put("identifier_hash", intent.getStringExtra("identifier_hash"))
        view.evaluateJavascript("window.cloudchat.setUser(${JSONObject.quote(id)}, $facts)", null)
    }

    @Deprecated("The platform's own activities still answer so")
    override fun onActivityResult(request: Int, result: Int, data: Intent?) {
        if (request != FILES) return super.onActivityResult(request, result, data)
        chosen?.onReceiveValue(WebChromeClient.FileChooserParams.parseResult(result, data))
        chosen = null
    }

    inner class Bridge {
        @JavascriptInterface
        fun postMessage(text: String) {
            val said = JSONObject(text)
            if (said.has("unread")) setTitle(said.getInt("unread"))
            if (said.optBoolean("close")) runOnUiThread { finish() }
        }

        private fun setTitle(unread: Int) = runOnUiThread {
            title = if (unread == 0) "Chat" else "Chat ($unread)"
        }
    }

    private companion object {
        const val FILES = 1
    }
}
