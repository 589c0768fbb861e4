"""Arrivals."""

from django.urls import path

from bulou.command.arrivals import act_views, area_views, decision_views, journey_views, register_views, views

urlpatterns = [
    path("arrivals", views.arrivals, name="arrivals"),
    path("arrivals/new", register_views.new, name="arrival_new"),
    path("arrivals/areas", area_views.risk_areas, name="risk_areas"),
    path("arrivals/areas/new", area_views.new_area, name="risk_area_new"),
    path("arrivals/areas/<int:id>", area_views.risk_area, name="risk_area"),
    path("arrivals/decisions", decision_views.decisions, name="arrival_decisions"),
    path("arrivals/decisions/several", decision_views.several, name="arrival_decide_several"),
    path("arrivals/decisions/<int:id>", decision_views.decision, name="arrival_decision"),
    path("arrivals/<str:number>", journey_views.arrival, name="arrival"),
    path("arrivals/<str:number>/look", journey_views.look, name="arrival_look"),
    path("arrivals/<str:number>/<str:do>", act_views.act, name="arrival_act"),
]
