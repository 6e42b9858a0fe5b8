import type { Locale } from '@ainotebook/contract';

/** Words that only the public pages say and the shared messages do not have. */
const WORDS = {
  'zh-CN': {
    signIn: '登录',
    register: '注册',
    older: '更早的文章',
    tooMany: '请求太频繁了',
    tooManyText: '请稍等片刻再试。',
    badAddress: '这个地址无法识别',
    tagged: (tag: string) => `标签：${tag}`,
    allTags: '标签',
    previous: '上一篇',
    next: '下一篇',
    neighbours: '前后文章',
    share: '分享',
    copyLink: '复制链接',
    copied: '已复制',
    qrCode: '二维码',
    qrAlt: '这篇文章的二维码，用手机扫一扫打开',
    readIn: '其他语言',
    canonical: '首发于',
    report: '举报',
    terms: '服务条款',
    privacy: '隐私政策',
    feed: '订阅（RSS）',
    feedOf: (name: string) => `${name} 的订阅`,
    languages: { 'zh-CN': '简体中文', en: 'English' },
    sharedBy: (name: string) => `${name} 分享给你`,
    updatedOn: (day: string) => `更新于 ${day}`,
    shareLocked: '这个链接有密码',
    shareLockedText: '请输入分享者告诉你的密码。',
    password: '密码',
    wrongPassword: '密码不对，请再试一次。',
    open: '打开',
    reportTitle: (title: string) => `举报《${title}》`,
    reportText: '管理员会查看你的举报。作者不会知道是谁举报的。',
    reportReason: '原因',
    reasons: {
      spam: '垃圾信息或广告',
      copyright: '侵犯版权',
      illegal: '违法内容',
      abuse: '辱骂或骚扰',
      other: '其他',
    },
    reportDetail: '说明（选填）',
    reportContact: '怎样联系你（选填）',
    send: '提交',
    chooseReason: '请选择一个原因，说明不要超过 2000 字。',
    reported: '已收到，谢谢你',
    reportedText: '管理员会尽快处理。',
    backToArticle: '回到文章',
    forMembers: '会员文章',
    membersOnly: '以下内容供会员阅读',
    planOnly: (plan: string) => `以下内容供「${plan}」会员阅读`,
    membersText: '开通会员后即可读完全文。',
    planText: ({ name, isActive }: { name: string; isActive: boolean }) =>
      isActive ? `开通「${name}」后即可读完全文。` : `「${name}」已停售，暂时不能开通。`,
    signInFirst: '已经是会员的话，请先登录。',
    seePlans: '查看会员方案',
    readOn: '会员可在原文读完全文',
  },
  en: {
    signIn: 'Sign in',
    register: 'Register',
    older: 'Older articles',
    tooMany: 'Too many requests',
    tooManyText: 'Please wait a moment and try again.',
    badAddress: 'This address cannot be read',
    tagged: (tag: string) => `Tagged “${tag}”`,
    allTags: 'Tags',
    previous: 'Previous',
    next: 'Next',
    neighbours: 'Previous and next article',
    share: 'Share',
    copyLink: 'Copy link',
    copied: 'Copied',
    qrCode: 'QR code',
    qrAlt: 'QR code of this article, to open it on a phone',
    readIn: 'In other languages',
    canonical: 'First published at',
    report: 'Report',
    terms: 'Terms',
    privacy: 'Privacy',
    feed: 'Subscribe (RSS)',
    feedOf: (name: string) => `Feed of ${name}`,
    languages: { 'zh-CN': '简体中文', en: 'English' },
    sharedBy: (name: string) => `Shared with you by ${name}`,
    updatedOn: (day: string) => `Updated ${day}`,
    shareLocked: 'This link has a password',
    shareLockedText: 'Enter the password you were given with the link.',
    password: 'Password',
    wrongPassword: 'That password is not right. Try again.',
    open: 'Open',
    reportTitle: (title: string) => `Report “${title}”`,
    reportText: 'The administrators will look at it. The author will not know who reported it.',
    reportReason: 'Reason',
    reasons: {
      spam: 'Spam or advertising',
      copyright: 'Copyright',
      illegal: 'Illegal content',
      abuse: 'Abuse or harassment',
      other: 'Something else',
    },
    reportDetail: 'Details (optional)',
    reportContact: 'How to reach you (optional)',
    send: 'Send',
    chooseReason: 'Choose a reason; details may have up to 2,000 characters.',
    reported: 'Received, thank you',
    reportedText: 'The administrators will look at it soon.',
    backToArticle: 'Back to the article',
    forMembers: 'For members',
    membersOnly: 'The rest is for members',
    planOnly: (plan: string) => `The rest is for members of “${plan}”`,
    membersText: 'Become a member to read all of it.',
    planText: ({ name, isActive }: { name: string; isActive: boolean }) =>
      isActive ? `Get “${name}” to read all of it.` : `“${name}” is no longer sold.`,
    signInFirst: ' If you are one, sign in first.',
    seePlans: 'See the plans',
    readOn: 'Members read the rest there',
  },
};

export function words(locale: Locale): (typeof WORDS)[Locale] {
  return WORDS[locale];
}

/** The day as people write it; UTC, so that every reader sees the same one. */
export function formatDay(date: Date, locale: Locale): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(date);
}

const HAN_A_MINUTE = 400;
const WORDS_A_MINUTE = 220;

/** Minutes a reader needs, at least one. */
export function readingMinutes(wordCount: number, language: Locale): number {
  const speed = language === 'zh-CN' ? HAN_A_MINUTE : WORDS_A_MINUTE;
  return Math.max(1, Math.round(wordCount / speed));
}
