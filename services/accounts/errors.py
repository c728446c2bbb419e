"""The problems that accounts may answer with."""

from services.kit.problem import Problem


class SignInRefused(Problem):
    type, status = "sign-in-refused", 401
    title_en, title_zh = "The user name or the password is wrong", "用户名或密码有误"


class SignInThrottled(Problem):
    type, status = "sign-in-throttled", 429
    title_en, title_zh = "Too many failed sign-ins", "登录失败次数过多"


class SignInBusy(Problem):
    type, status = "sign-in-busy", 503
    title_en, title_zh = "Too many people are signing in at this moment", "当前登录人数过多"


class CredentialRefused(Problem):
    type, status = "credential-refused", 401
    title_en, title_zh = "This sign-in has ended", "登录已失效"


class RefreshReused(Problem):
    type, status = "refresh-token-reused", 401
    title_en, title_zh = "This refresh token was used before", "该刷新令牌已被使用过"


class CodeRefused(Problem):
    type, status = "code-refused", 410
    title_en, title_zh = "This one-time code is no longer good", "一次性验证码已失效"


class PhoneCodeRefused(Problem):
    type, status = "phone-code-refused", 401
    title_en, title_zh = "The code is not the right one", "验证码有误或已失效"


class PhoneCodeTooSoon(Problem):
    type, status = "phone-code-too-soon", 429
    title_en, title_zh = "A code was sent a moment ago", "验证码刚刚发送过"


class PhoneCodeNotSent(Problem):
    type, status = "phone-code-not-sent", 503
    title_en, title_zh = "The code could not be sent", "验证码发送失败"


class AccountInOffice(Problem):
    type, status = "account-in-office", 409
    title_en, title_zh = "This account acts for an office", "该账户承担公务职责"


class OutsideOff(Problem):
    type, status = "outside-sign-in-off", 409
    title_en, title_zh = "No provider of identity is connected here", "本平台未接入外部身份登录"


class OutsideRefused(Problem):
    type, status = "outside-sign-in-refused", 401
    title_en, title_zh = "Signing in there did not work", "外部身份登录未成功"


class OutsideUnreachable(Problem):
    type, status = "outside-sign-in-unreachable", 503
    title_en, title_zh = "The provider of identity cannot be reached", "外部身份系统无法访问"


class OutsideUnknown(Problem):
    type, status = "outside-identity-unknown", 409
    title_en, title_zh = "No account is connected with this identity", "该身份尚未关联账户"


class OutsideTaken(Problem):
    type, status = "outside-identity-taken", 409
    title_en, title_zh = "This identity opens another account", "该身份已关联其他账户"


class OutsideOther(Problem):
    type, status = "outside-identity-other", 409
    title_en, title_zh = "Another identity opens this account", "该账户已关联其他身份"


class UsernameTaken(Problem):
    type, status = "username-taken", 409
    title_en, title_zh = "This user name is taken", "该用户名已被使用"


class LastAdministrator(Problem):
    type, status = "last-administrator", 409
    title_en, title_zh = "The last administrator must stay", "必须保留至少一名管理员"


class IdentityMissing(Problem):
    type, status = "identity-missing", 409
    title_en, title_zh = "It is not known who is behind this account", "该账户未登记身份信息"


class AccountInactive(Problem):
    type, status = "account-inactive", 409
    title_en, title_zh = "This account is switched off", "该账户已停用"


class NotAPlatform(Problem):
    type, status = "not-a-platform", 409
    title_en, title_zh = "API keys belong to platform accounts", "仅平台账户可持有 API 密钥"
