"""Header rows as programs and people write them, with the roles a person sees in them."""

from __future__ import annotations

# Name → (headers parted by "|", role=header pairs parted by "|").
ORDER_SHEETS: dict[str, tuple[str, str]] = {
    "taobao": (
        "订单编号|买家会员名|买家支付宝账号|支付单号|买家应付货款|买家应付邮费|总金额|返点积分|"
        "买家实际支付金额|订单状态|收货人姓名|收货地址|联系电话|联系手机|订单创建时间|订单付款时间|"
        "宝贝标题|物流单号|物流公司|宝贝总数量|店铺Id|店铺名称|退款金额",
        "order=订单编号|customer=买家会员名|amount=买家实际支付金额|status=订单状态|name=收货人姓名|"
        "date=订单创建时间|category=宝贝标题|quantity=宝贝总数量|refund=退款金额",
    ),
    "tmall items": (
        "子订单编号|主订单编号|买家昵称|商品标题|商品价格|购买数量|买家实付金额|订单状态|退款状态|"
        "订单创建时间|订单付款时间",
        "order=主订单编号|customer=买家昵称|amount=买家实付金额|quantity=购买数量|status=订单状态|"
        "refund=退款状态|date=订单创建时间|category=商品标题|name=买家昵称|price=商品价格",
    ),
    "jd": (
        "订单号|商品ID|商品名称|订购数量|支付方式|下单时间|京东价|订单金额|结算金额|应付金额|订单状态|"
        "下单帐号|客户姓名|客户地址|联系电话|订单备注",
        "order=订单号|date=下单时间|amount=订单金额|status=订单状态|customer=下单帐号|name=客户姓名|"
        "category=商品名称|quantity=订购数量",
    ),
    "pinduoduo": (
        "商品|订单号|订单状态|商品总价(元)|邮费(元)|店铺优惠折扣(元)|用户实付金额(元)|"
        "商家实收金额(元)|商品数量(件)|发货时间|订单成交时间|商品id|售后状态|用户id",
        "order=订单号|status=订单状态|amount=用户实付金额(元)|quantity=商品数量(件)|"
        "date=订单成交时间|customer=用户id",
    ),
    "douyin": (
        "主订单编号|子订单编号|选购商品|商品数量|商品单价|订单应付金额|订单提交时间|订单状态|用户编号|售后状态",
        "order=主订单编号|quantity=商品数量|price=商品单价|amount=订单应付金额|date=订单提交时间|"
        "status=订单状态|customer=用户编号",
    ),
    "youzan": (
        "订单号|订单状态|订单创建时间|买家付款时间|订单实付金额|全部商品名称|收货人/提货人|"
        "收货人手机号/提货人手机号|买家姓名|买家手机号|订单已退款金额",
        "order=订单号|status=订单状态|date=订单创建时间|amount=订单实付金额|customer=买家手机号|"
        "name=买家姓名|refund=订单已退款金额",
    ),
    "shop members": (
        "会员卡号|会员姓名|手机号|消费时间|消费金额|小票号|门店",
        "customer=会员卡号|name=会员姓名|date=消费时间|amount=消费金额|order=小票号",
    ),
    "meituan": (
        "订单编号|下单时间|顾客姓名|顾客电话|菜品信息|订单总金额|商家实收|订单状态",
        "order=订单编号|date=下单时间|name=顾客姓名|customer=顾客电话|amount=订单总金额|status=订单状态",
    ),
    "kingdee": (
        "日期|单据编号|客户编码|客户名称|产品名称|规格型号|数量|单价|价税合计|业务员",
        "date=日期|order=单据编号|customer=客户编码|name=客户名称|quantity=数量|price=单价|category=产品名称|amount=价税合计",
    ),
    "yonyou": (
        "单据日期|单据号|客户编码|客户简称|存货名称|数量|含税单价|价税合计|部门",
        "date=单据日期|order=单据号|customer=客户编码|quantity=数量|amount=价税合计|name=客户简称|price=含税单价",
    ),
    "guanjiapo": (
        "录单日期|单据编号|往来单位编号|往来单位全名|数量|金额",
        "date=录单日期|order=单据编号|customer=往来单位编号|name=往来单位全名|quantity=数量|amount=金额",
    ),
    "pharma sales": (
        "医院名称|科室|产品名称|销售日期|销售数量|销售金额(万元)",
        "customer=医院名称|name=医院名称|date=销售日期|quantity=销售数量|amount=销售金额(万元)|category=产品名称",
    ),
    "hospital visits": (
        "病历号|患者姓名|就诊日期|科室|费用合计|就诊流水号",
        "customer=病历号|name=患者姓名|date=就诊日期|amount=费用合计|order=就诊流水号",
    ),
    "hospital his": (
        "患者ID|姓名|结算时间|结算金额|发票号|费用类别",
        "customer=患者ID|name=姓名|date=结算时间|amount=结算金额|order=发票号|category=费用类别",
    ),
    "hotel": (
        "住客编号|住客姓名|入住日期|离店日期|房费|订单号|状态",
        "customer=住客编号|name=住客姓名|date=入住日期|amount=房费|order=订单号|status=状态",
    ),
    "school": (
        "学员编号|学员姓名|报名日期|课程名称|实收学费|缴费单号",
        "customer=学员编号|name=学员姓名|date=报名日期|amount=实收学费|order=缴费单号|category=课程名称",
    ),
    "contracts": (
        "合同编号|客户名称|签订日期|合同金额|业务员|合同状态",
        "order=合同编号|customer=客户名称|name=客户名称|date=签订日期|amount=合同金额|status=合同状态",
    ),
    "plain chinese": (
        "序号|客户|日期|金额|备注",
        "customer=客户|date=日期|amount=金额",
    ),
    "handwritten": (
        "姓名|电话|购买日期|产品|数量|单价|总价",
        "customer=电话|name=姓名|date=购买日期|category=产品|quantity=数量|price=单价|amount=总价",
    ),
    "traditional": (
        "客戶編號|客戶名稱|訂單編號|訂單日期|金額|狀態",
        "customer=客戶編號|name=客戶名稱|order=訂單編號|date=訂單日期|amount=金額|status=狀態",
    ),
    "shopify": (
        "Name|Email|Financial Status|Paid at|Fulfillment Status|Currency|Subtotal|Shipping|Taxes|"
        "Total|Discount Code|Created at|Lineitem quantity|Lineitem name|Lineitem price|"
        "Billing Name|Cancelled at|Refunded Amount|Id",
        "customer=Email|status=Financial Status|date=Paid at|amount=Total|refund=Refunded Amount",
    ),
    "woocommerce": (
        "Order Number|Order Status|Order Date|Customer Note|First Name (Billing)|"
        "Last Name (Billing)|Email (Billing)|Order Total Amount|Item Name|Quantity",
        "order=Order Number|status=Order Status|date=Order Date|customer=Email (Billing)|"
        "amount=Order Total Amount|quantity=Quantity|category=Item Name|"
        "given_name=First Name (Billing)|family_name=Last Name (Billing)",
    ),
    "magento": (
        "ID|Purchase Point|Purchase Date|Bill-to Name|Ship-to Name|Grand Total (Base)|"
        "Status|Customer Email|Total Refunded",
        "date=Purchase Date|amount=Grand Total (Base)|status=Status|customer=Customer Email|"
        "refund=Total Refunded",
    ),
    "amazon": (
        "amazon-order-id|purchase-date|order-status|buyer-email|buyer-name|sku|quantity|currency|"
        "item-price|item-tax",
        "order=amazon-order-id|date=purchase-date|status=order-status|customer=buyer-email|"
        "name=buyer-name|quantity=quantity|price=item-price|category=sku",
    ),
    "ebay": (
        "Sales Record Number|Order Number|Buyer Username|Buyer Name|Buyer Email|Item Title|"
        "Quantity|Sold For|Total Price|Sale Date|Paid On Date",
        "order=Order Number|customer=Buyer Username|name=Buyer Name|quantity=Quantity|"
        "amount=Total Price|date=Sale Date|category=Item Title",
    ),
    "etsy": (
        "Sale Date|Order ID|Buyer User ID|Full Name|Number of Items|Order Value|"
        "Order Total|Order Net",
        "date=Sale Date|order=Order ID|customer=Buyer User ID|name=Full Name|amount=Order Net",
    ),
    "stripe": (
        "id|Created (UTC)|Amount|Amount Refunded|Currency|Status|Customer ID|Customer Email",
        "customer=Customer ID|date=Created (UTC)|amount=Amount|refund=Amount Refunded|"
        "status=Status",
    ),
    "square": (
        "Date|Time|Transaction ID|Net Sales|Customer ID|Customer Name|Gross Sales|Payment ID",
        "date=Date|order=Transaction ID|amount=Net Sales|customer=Customer ID|name=Customer Name",
    ),
    "sap sales": (
        "Billing Document|Billing Date|Sold-to Party|Name of Sold-to Party|Material|"
        "Billed Quantity|Net Value",
        "order=Billing Document|date=Billing Date|customer=Sold-to Party|"
        "name=Name of Sold-to Party|quantity=Billed Quantity|amount=Net Value|category=Material",
    ),
    "salesforce": (
        "Opportunity ID|Opportunity Name|Account ID|Account Name|Stage|Close Date|Amount",
        "order=Opportunity ID|customer=Account ID|name=Account Name|date=Close Date|amount=Amount",
    ),
    "hubspot": (
        "Record ID|Deal Name|Deal Stage|Close Date|Amount|Associated Company",
        "date=Close Date|amount=Amount|customer=Associated Company",
    ),
    "quickbooks": (
        "Date|Transaction Type|Num|Customer|Product/Service|Qty|Sales Price|Amount",
        "date=Date|customer=Customer|quantity=Qty|price=Sales Price|amount=Amount|"
        "category=Product/Service",
    ),
    "xero": (
        "ContactName|InvoiceNumber|InvoiceDate|DueDate|Total|Status",
        "customer=ContactName|name=ContactName|order=InvoiceNumber|date=InvoiceDate|amount=Total|status=Status",
    ),
    "uci online retail": (
        "InvoiceNo|StockCode|Description|Quantity|InvoiceDate|UnitPrice|CustomerID|Country",
        "order=InvoiceNo|quantity=Quantity|date=InvoiceDate|price=UnitPrice|customer=CustomerID",
    ),
    "uci online retail 2": (
        "Invoice|StockCode|Description|Quantity|InvoiceDate|Price|Customer ID|Country",
        "order=Invoice|quantity=Quantity|date=InvoiceDate|price=Price|customer=Customer ID",
    ),
    "superstore": (
        "Row ID|Order ID|Order Date|Ship Date|Ship Mode|Customer ID|Customer Name|Segment|"
        "Category|Sub-Category|Product Name|Sales|Quantity|Discount|Profit",
        "order=Order ID|date=Order Date|customer=Customer ID|name=Customer Name|category=Category|"
        "amount=Sales|quantity=Quantity",
    ),
    "olist": (
        "order_id|customer_unique_id|order_status|order_purchase_timestamp|payment_value",
        "order=order_id|customer=customer_unique_id|status=order_status|"
        "date=order_purchase_timestamp|amount=payment_value",
    ),
    "cdnow": (
        "master_id|customer_id|date|number_of_cds|dollar_value",
        "customer=customer_id|date=date|amount=dollar_value",
    ),
    "pagila": (
        "payment_id|customer_id|staff_id|rental_id|amount|payment_date",
        "order=payment_id|customer=customer_id|amount=amount|date=payment_date",
    ),
    "clinic": (
        "Patient ID|Patient Name|Visit Date|Department|Amount Paid|Receipt No",
        "customer=Patient ID|name=Patient Name|date=Visit Date|amount=Amount Paid|order=Receipt No",
    ),
    "bookings": (
        "Guest ID|Guest Name|Check-in Date|Nights|Room Revenue|Booking ID|Status",
        "customer=Guest ID|name=Guest Name|date=Check-in Date|amount=Room Revenue|"
        "order=Booking ID|status=Status",
    ),
    "dirty english": (
        " Cust. No. |ORDER #|Order_Date |Total (USD)",
        "customer=Cust. No.|order=ORDER #|date=Order_Date|amount=Total (USD)",
    ),
}
CUSTOMER_SHEETS: dict[str, tuple[str, str]] = {
    "crm": (
        "客户编号|客户名称|最近一次消费时间|消费次数|累计消费金额|首次消费时间",
        "customer=客户编号|name=客户名称|last_date=最近一次消费时间|frequency=消费次数|"
        "monetary=累计消费金额|first_date=首次消费时间",
    ),
    "rfm sheet": (
        "会员ID|R(最近消费天数)|F(消费频次)|M(消费金额)",
        "customer=会员ID|recency=R(最近消费天数)|frequency=F(消费频次)|monetary=M(消费金额)",
    ),
    "measures": (
        "customer_id|recency|frequency|monetary",
        "customer=customer_id|recency=recency|frequency=frequency|monetary=monetary",
    ),
    "r package": (
        "customer_id|revenue|most_recent_visit|number_of_orders|recency_days|first_name|last_name",
        "customer=customer_id|monetary=revenue|last_date=most_recent_visit|"
        "frequency=number_of_orders|recency=recency_days|given_name=first_name|"
        "family_name=last_name",
    ),
    "shopify customers": (
        "Customer ID|First Name|Last Name|Email|Total Spent|Total Orders|Last Order Date",
        "customer=Customer ID|monetary=Total Spent|frequency=Total Orders|"
        "last_date=Last Order Date",
    ),
    "bank": (
        "客户号|客户姓名|最近交易日期|交易次数|交易总额",
        "customer=客户号|name=客户姓名|last_date=最近交易日期|frequency=交易次数|monetary=交易总额",
    ),
}
