/** Everything here is an addition: each page works as plain links and forms, scripts tick, step and save a reload. */
import "../css/app.css";
import htmx from "htmx.org";
import { tickDeadlines } from "./countdown";
import { listenToForms } from "./forms";
import { listenToGalleries } from "./gallery";
import { listenToMenus, openFiltersWhenWide } from "./menus";

// No code from attributes and no style element of its own: both would need holes in the content security policy.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.historyCacheSize = 0;
htmx.config.scrollBehavior = "instant";

document.documentElement.classList.add("js");
listenToForms();
listenToMenus();
listenToGalleries();
openFiltersWhenWide();
tickDeadlines();
