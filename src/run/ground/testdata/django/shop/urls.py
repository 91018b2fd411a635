from django.http import JsonResponse
from django.urls import path

from .models import Item


def items(request):
    if request.method == "POST":
        Item.objects.create(name=request.body.decode())
    return JsonResponse({"items": list(Item.objects.values_list("name", flat=True))})


urlpatterns = [path("items", items)]
