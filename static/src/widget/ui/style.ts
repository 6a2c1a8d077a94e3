/** The design tokens: the only place that names a colour. Site colours come from the host element. */
const tokens = `
.app{--surface:#fff;--ground:#f4f5f7;--text:#1a1d23;--soft:#545b68;--line:#dcdfe5;--control:#868d9b;
--accent-text:var(--accent-light);--bad:#b3202e;--warn:#8f5600;--shadow:0 8px 28px #10131a33,0 2px 6px #10131a1f;
--scrim:#10131a80;--radius:6px;--quick:120ms}
@media (prefers-color-scheme:dark){.app{--surface:#1d1f23;--ground:#2a2c32;--text:#e9eaed;--soft:#acb2bd;--line:#3b3e46;
--control:#7e8592;--accent-text:var(--accent-dark);--bad:#ff959b;--warn:#f0b64f;
--shadow:0 8px 28px #000000b3,0 0 0 1px #ffffff14;--scrim:#000000a6}}
@media (prefers-reduced-motion:reduce){.app{--quick:0ms}}
`;

const base = `
.app{font:400 15px/22px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;
color:var(--text);text-align:start;-webkit-text-size-adjust:100%}
.app *,.app ::before,.app ::after{box-sizing:border-box}
.app h2,.app p,.app ol,.app fieldset,.app legend,.app form{margin:0;padding:0;border:0;min-width:0}
.app h2{font-size:17px;line-height:24px;font-weight:600}
.app h2:focus{outline:none}
.app ol{list-style:none}
.app svg{display:block;flex:none;width:20px;height:20px;fill:none;stroke:currentColor;stroke-width:1.75;
stroke-linecap:round;stroke-linejoin:round}
.app button,.app input,.app textarea,.app select{font:inherit;color:inherit;letter-spacing:inherit}
.app :focus-visible{outline:2px solid var(--accent-text);outline-offset:2px}
.sr{position:absolute;width:1px;height:1px;margin:-1px;padding:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.soft{color:var(--soft)}
.small{font-size:13px;line-height:20px}
`;

const controls = `
.app button{display:inline-flex;align-items:center;justify-content:center;gap:8px;min-height:36px;margin:0;padding:0 12px;
border:1px solid transparent;border-radius:var(--radius);background:transparent;font-weight:500;cursor:pointer;
-webkit-tap-highlight-color:transparent;transition:background-color var(--quick)}
.app button[aria-disabled=true]{cursor:default;opacity:.65}
.app button.primary{background-color:var(--accent);color:var(--on-accent);border-color:#8886}
@media (hover:hover){.app button:hover,.star:hover{background-color:var(--ground)}
.app button.primary:hover{background-color:var(--accent)}
.app button.primary:not([aria-disabled=true]):hover{background-image:linear-gradient(var(--shade),var(--shade))}}
.app button.outline{border-color:var(--control)}
.app button.wide{width:100%;min-height:44px}
.app button.icon{width:36px;padding:0}
.app input.text,.app textarea,.app select{display:block;width:100%;margin:0;padding:8px 12px;min-height:40px;
border:1px solid var(--control);border-radius:var(--radius);background-color:var(--surface);color:var(--text)}
.app textarea{resize:vertical;min-height:64px}
.app select{appearance:none;padding-inline-end:36px}
.app :is(input.text,textarea,select):focus-visible{outline-offset:-1px;border-color:transparent}
.app [aria-invalid=true]{border-color:var(--bad)}
.app ::placeholder{color:var(--soft);opacity:1}
.fields{display:grid;gap:12px}
.fields.pairs{grid-template-columns:1fr 1fr}
.fields.pairs>*{min-width:0}
.fields.pairs>:not(.half){grid-column:1/-1}
.field{display:grid;align-content:start;gap:4px}
.field>.top{display:flex;justify-content:space-between;gap:8px}
.app label{font-weight:500}
.choice{position:relative}
.choice>svg{position:absolute;right:10px;top:10px;pointer-events:none;color:var(--soft)}
.error{display:flex;gap:8px;color:var(--bad)}
.error>svg{margin-top:1px}
.buttons{display:flex;flex-wrap:wrap;gap:8px}
.buttons.end{justify-content:flex-end}
`;

const dialog = `
.modal{width:min(440px,calc(100vw - 32px));max-width:none;max-height:calc(100vh - 32px);max-height:calc(100dvh - 32px);
margin:auto;padding:0;border:0;border-radius:var(--radius);background:var(--surface);color:var(--text);
box-shadow:var(--shadow);overflow:hidden}
.modal[open]{display:flex;flex-direction:column}
.modal::backdrop{background:var(--scrim,#0008)}
.modal>.head{padding:20px 24px 0}
.modal>form{display:flex;flex-direction:column;min-height:0}
.modal .body{padding:8px 24px 20px;overflow:auto;overscroll-behavior:contain}
.modal .foot{display:grid;gap:12px;padding:16px 24px;border-top:1px solid var(--line)}
.head{display:flex;align-items:flex-start;justify-content:space-between;gap:8px}
.head>.icon{margin:-6px -8px -6px 0;color:var(--soft)}
.app .note{display:grid;grid-template-columns:auto 1fr;gap:12px;padding:12px;border-radius:var(--radius);background:var(--ground)}
.app .consent{display:grid;grid-template-columns:auto 1fr;gap:12px}
.app .consent p{line-height:18px}
.note>svg,.consent>svg{color:var(--accent-text)}
.loading{display:grid;gap:12px}
.loading>i{display:block;height:40px;border-radius:var(--radius);background:var(--ground)}
.loading>i:last-of-type{height:84px}
@media (max-height:640px){.modal>form{overflow:auto}.modal .body{flex:none;overflow:visible}}
@media (max-width:480px){
.modal{width:100%;margin:auto 0 0;border-radius:var(--radius) var(--radius) 0 0;max-height:calc(100vh - 24px);max-height:calc(100dvh - 24px)}
.fields.pairs{grid-template-columns:1fr}
.modal>.head{padding:16px 16px 0}
.modal .body{padding:8px 16px 16px}
.modal .foot{padding:12px 16px max(12px,env(safe-area-inset-bottom))}
.app input.text,.app textarea,.app select{font-size:16px}
}
`;

const corner = `
.corner{position:fixed;right:max(16px,env(safe-area-inset-right));bottom:max(16px,env(safe-area-inset-bottom));
display:flex;flex-direction:column;align-items:flex-end;gap:8px;max-width:calc(100vw - 32px);pointer-events:none}
.corner>*{pointer-events:auto}
.card{position:static;display:grid;gap:12px;width:344px;max-width:100%;max-height:calc(100vh - 96px);margin:0;padding:16px;
border:1px solid var(--line);border-radius:var(--radius);background:var(--surface);color:var(--text);box-shadow:var(--shadow);overflow:auto}
.card>.head{margin-bottom:-4px}
.card .place{display:flex;align-items:center;gap:12px}
.card .number{flex:none;display:grid;place-items:center;min-width:40px;height:40px;padding:0 8px;border-radius:20px;
background:var(--ground);color:var(--accent-text);font-weight:600;font-size:17px}
.corner .chip{min-height:44px;padding:0 16px 0 12px;border:1px solid var(--line);background-color:var(--surface);
color:var(--text);box-shadow:var(--shadow)}
.chip>svg:first-child{color:var(--accent-text)}
@media (max-width:480px){.corner{left:8px;right:8px;bottom:max(8px,env(safe-area-inset-bottom));max-width:none}.card{width:100%}}
@media print{.corner,.modal{display:none}}
`;

const bar = `
.bar{display:flex;align-items:center;gap:4px;max-width:100%;min-height:44px;padding:3px 4px 3px 12px;border:1px solid var(--line);
border-radius:var(--radius);background:var(--surface);box-shadow:var(--shadow)}
.bar>.eye{flex:none;display:grid;place-items:center;width:24px;height:24px;margin-inline-end:4px;border-radius:12px;
background:var(--accent);color:var(--on-accent)}
.bar>.eye svg,.chip .eye svg{width:16px;height:16px}
.bar.idle>.eye{background:var(--ground);color:var(--soft)}
.app .bar>.sees{flex:0 1 auto;min-width:0;margin-inline-end:8px;font-weight:500;line-height:18px;overflow-wrap:anywhere}
.bar>button{flex:none;padding:0 10px}
.app .bar>button.end{color:var(--bad)}
.app .bar>button.fold{width:28px;padding:0;color:var(--soft)}
.app .bar>button[aria-expanded=true]{background-color:var(--ground)}
.badge{display:inline-grid;place-items:center;min-width:20px;height:20px;padding:0 6px;border-radius:10px;background:var(--accent);
color:var(--on-accent);font-size:12px;line-height:20px;font-weight:600}
.corner .chip.seen{gap:6px;padding:0 10px;border-radius:22px}
.toasts{display:grid;justify-items:end;max-width:100%}
.toasts:empty{margin-top:-8px}
.app button.toast{display:grid;justify-items:start;gap:0;width:344px;max-width:100%;padding:10px 16px;border:1px solid var(--line);
border-radius:var(--radius);background-color:var(--surface);box-shadow:var(--shadow);text-align:start;font-weight:400}
.toast>span{max-width:100%;overflow:hidden;text-overflow:ellipsis;display:-webkit-box;-webkit-line-clamp:2;
-webkit-box-orient:vertical;overflow-wrap:anywhere}
.toast>strong{font-weight:600;font-size:13px;line-height:20px}
@media (max-width:480px){.bar{width:100%;gap:2px}.app .bar>.sees{flex:1 1 auto;margin-inline-end:0;font-size:14px}.bar>button{padding:0 7px}.toasts{display:grid;justify-items:end;max-width:100%}
.toasts:empty{margin-top:-8px}
.app button.toast{width:100%}}
`;

/** A popover where the browser has them, so that it is in front of the page's dialogs. */
const markers = `
.markers{position:fixed;inset:0;display:block;width:100%;height:100%;max-width:none;max-height:none;margin:0;padding:0;border:0;
background:none;overflow:hidden;pointer-events:none}
`;

const chat = `
.card.chat{grid-template-rows:auto minmax(0,1fr) auto;gap:0;padding:0;width:360px;height:min(480px,calc(100vh - 88px));overflow:hidden}
.chat>.head{align-items:center;margin:0;padding:10px 16px;border-bottom:1px solid var(--line)}
.chat .log{padding:12px 16px;overflow-y:auto;overscroll-behavior:contain}
.app .chat .log:focus-visible{outline-offset:-2px}
.chat ol{display:flex;flex-direction:column;gap:4px;min-height:100%;justify-content:flex-end}
.chat li{align-self:flex-start;max-width:85%;display:grid;justify-items:start}
.chat li.mine{align-self:flex-end;justify-items:end}
.chat li.first{margin-top:8px}
.chat .text{padding:7px 12px;border-radius:var(--radius);background:var(--ground);white-space:pre-wrap;overflow-wrap:anywhere;
unicode-bidi:plaintext}
.chat .mine .text{background:var(--accent);color:var(--on-accent)}
.chat .meta{font-size:12px;line-height:18px;color:var(--soft)}
.chat .typing{min-height:18px;padding:0 16px;font-size:12px;line-height:18px;color:var(--soft);overflow:hidden;
text-overflow:ellipsis;white-space:nowrap}
.chat form{display:flex;align-items:flex-end;gap:8px;padding:6px 12px 12px}
.chat textarea{flex:1;min-height:40px;max-height:120px;resize:none;field-sizing:content}
.app .chat form>button{min-height:40px}
@media (max-width:480px){.card.chat{width:100%;height:min(440px,calc(100dvh - 76px))}}
`;

const farewell = `
.rating{display:grid;gap:4px}
.rating legend{font-weight:500}
.stars{display:flex;align-items:center;gap:0;margin-inline-start:-6px}
.star{position:relative;display:grid;place-items:center;width:36px;height:36px;border-radius:var(--radius);color:var(--control);cursor:pointer}
.star svg{width:26px;height:26px;stroke-width:1.5}
.star.on{color:var(--accent-text)}
.star.on svg{fill:currentColor}
.star input{position:absolute;inset:0;margin:0;opacity:0;cursor:pointer}
.star:has(:focus-visible){outline:2px solid var(--accent-text)}
.meaning{margin-inline-start:8px}
@media (forced-colors:active){.star.on{color:Highlight}.app button.primary{border-color:ButtonText}}
`;

export const appStyle = tokens + base + controls + dialog + corner + bar + markers + chat + farewell;
