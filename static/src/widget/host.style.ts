/**
 * The host element and the launcher. `!important` in a shadow root's `:host`
 * wins over anything that the page's own styles say of the host element.
 */
export const hostStyle = `
:host{all:initial!important;position:fixed!important;inset:auto 0 0 auto!important;width:0!important;height:0!important;
z-index:2147483647!important;direction:ltr!important;color-scheme:light dark!important}
.launcher,.failed{position:fixed;right:max(16px,env(safe-area-inset-right));bottom:max(16px,env(safe-area-inset-bottom));
box-sizing:border-box;font:500 15px/20px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;border-radius:6px;
box-shadow:0 1px 2px #0003,0 4px 16px #0003}
.launcher{display:flex;align-items:center;gap:8px;height:44px;padding:0 16px 0 12px;border:1px solid #ffffff40;
background:var(--accent);color:var(--on-accent);cursor:pointer;-webkit-tap-highlight-color:transparent}
.launcher:hover{background-image:linear-gradient(var(--shade),var(--shade))}
.launcher:focus-visible{outline:2px solid var(--accent);outline-offset:2px;box-shadow:0 0 0 6px #fff}
.launcher[aria-busy=true]{cursor:progress}
.launcher svg{width:20px;height:20px;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
.failed{bottom:calc(max(16px,env(safe-area-inset-bottom)) + 52px);padding:8px 12px;max-width:260px;background:#1d1f23;color:#fff}
[hidden]{display:none!important}
@media print{.launcher,.failed{display:none}}
@media (forced-colors:active){.launcher{border-color:ButtonText}}
`;
