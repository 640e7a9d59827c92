"""Draws a sketch of the two dialogs of Tencent's console, in English and in Chinese.

The names are from Tencent's pages: the dialogs' from https://www.tencentcloud.com/document/product/1047/34520 (2026-08-06) and
https://cloud.tencent.com/document/product/269/32431 (2025-07-09), the events' from their own pages. A name with a star is on none
of these. The numbers are the steps of docs/deploy.md.
"""

from svg import box, cells, circle, drawn, text

WIDTH, LEFT, RIGHT, ROW, CONTROL, SECOND = 720, 60, 700, 34, 316, 350

ENGLISH = {
    "title": "A sketch of the two dialogs of Tencent's console",
    "caption": ["A sketch of Tencent's console, not a screenshot. 1 to 5 are the steps.",
                "The names are from Tencent's pages (34520 of August 2026). A name with * is not on them."],
    "menu": "Chat › Webhook",
    "url": ("Webhook URL configuration", "Edit", "OK"),
    "address": ("2", "Webhook URL", "CallbackUrl of the stack", "Verify *"),
    "authentication": ("1", "Authentication *"),
    "token": ("1", "Authentication token *", "the token of the stack"),
    "events": ("Webhook configuration", "Edit", "Confirm"),
    "retry": ("3", "Retry after a timeout *"),
    "policy": ("4", "If a before-callback fails *", "deliver", "don't deliver"),
    "choice": ("5", "The events to record, for example:", [
        ("After a Group Is Created", "After a Group Is Disbanded"),
        ("After Group Profile Is Modified", "After a Group Is Full"),
        ("After a One-to-One Message Is Sent", "After a Group Message Is Sent")]),
}
CHINESE = {
    "title": "腾讯云控制台两个对话框的示意图",
    "caption": ["腾讯云控制台示意图，不是截图。1 到 5 为操作步骤。", "名称取自腾讯云文档（269/32431，2025 年 7 月）。带 * 的名称不在文档中。"],
    "menu": "回调配置（国际站：Chat › 回调配置）",
    "url": ("回调 URL 配置", "编辑", "确定"),
    "address": ("2", "回调 URL", "堆栈的 CallbackUrl", "校验"),
    "authentication": ("1", "鉴权"),
    "token": ("1", "鉴权 Token", "堆栈使用的 Token"),
    "events": ("第三方回调配置（国际站：回调配置）", "编辑", "确定"),
    "retry": ("3", "事件发生之后回调超时后重试 *"),
    "policy": ("4", "事件发生之前回调失败的处理策略 *", "下发", "不下发"),
    "choice": ("5", "需要记录的回调，例如：", [
        ("创建群组之后回调", "群组解散之后回调"), ("群组资料变动之后回调", "群组满员之后回调"),
        ("发单聊消息之后回调", "群内发言之后回调")]),
}


def number(y, words):
    return [circle(LEFT - 26, y, 11, "blue"), text(LEFT - 26, y + 4.5, words, "on-blue", 13, True, "middle")]


def button(x, y, words, main=False):
    """A button that ends at x."""
    width = 8 * cells(words) + 24
    return [box(x - width, y - 14, width, 28, "blue" if main else "paper", "edge", 4),
            text(x - width / 2, y + 5, words, "on-blue" if main else "ink", 13, anchor="middle")]


def field(y, words, end):
    return [box(CONTROL, y - 14, end - CONTROL, 28, "paper", "edge", 4), text(CONTROL + 10, y + 5, words, "grey", 13)]


def switch(y):
    return [box(CONTROL, y - 10, 38, 20, "blue", rounding=10), circle(CONTROL + 28, y, 7, "on-blue")]


def radio(x, y, words, chosen):
    dot = [circle(x, y, 4, "blue")] if chosen else []
    return [circle(x, y, 8, "paper", "edge"), *dot, text(x + 15, y + 5, words, size=13)]


def ticked(x, y, words):
    tick = f'<path d="M{x + 3} {y}l4 4 7-8" fill="none" stroke="#fff" stroke-width="2"/>'
    return [box(x, y - 8, 16, 16, "blue", rounding=3), tick, text(x + 24, y + 5, words, size=13)]


def frame(y, rows, names):
    """A dialog with so many rows, below the area whose button opens it."""
    title, edit, end = names
    height = ROW * (rows + 2) + 22
    return [text(16, y + 6, title, bold=True), *button(RIGHT, y, edit),
            box(LEFT - 44, y + 22, RIGHT - LEFT + 54, height, "panel", "edge", 8),
            text(LEFT, y + 50, title, "grey", 13), *button(RIGHT - 10, y + 22 + height - 26, end, True)]


def label(y, words):
    return [text(LEFT, y + 5, words, size=13)]


def url_dialog(y, names):
    step, address, value, check = names["address"]
    parts = frame(y, 3, names["url"])
    y += 78
    parts += number(y, step) + label(y, address) + field(y, value, RIGHT - 110) + button(RIGHT - 10, y, check)
    step, authentication = names["authentication"]
    y += ROW
    parts += number(y, step) + label(y, authentication) + switch(y)
    step, token, value = names["token"]
    y += ROW
    return parts + number(y, step) + label(y, token) + field(y, value, RIGHT - 10)


def events_dialog(y, names):
    step, retry = names["retry"]
    parts = frame(y, 6, names["events"])
    y += 78
    parts += number(y, step) + label(y, retry) + switch(y)
    step, policy, deliver, stop = names["policy"]
    y += ROW
    parts += number(y, step) + label(y, policy) + radio(CONTROL + 8, y, deliver, True) + radio(CONTROL + 130, y, stop, False)
    step, choice, events = names["choice"]
    y += ROW
    parts += number(y, step) + label(y, choice)
    for pair in events:
        y += ROW
        for x, event in zip((LEFT, SECOND), pair):
            parts += ticked(x, y, event)
    return parts


def sketch(names):
    """The text of the file."""
    first, second = names["caption"]
    parts = [text(16, 22, first, "grey", 13), text(16, 40, second, "grey", 13), text(16, 74, names["menu"], size=15, bold=True),
             *url_dialog(106, names), *events_dialog(357, names)]
    return drawn(WIDTH, 676, names["title"], parts)
